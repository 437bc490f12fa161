import { useState } from "preact/hooks";
import { ApiError, api, dataOf, type Of } from "../../../api";
import { wordsOf } from "../../../app/ask";
import { accountId } from "../../../app/session";
import { Banner, Button, Dialog, toast } from "../../../ui";
import { common } from "../../../words/common";
import { number } from "../../../words/format";
import { words } from "./words";

/** Spreadsheets of Windows write their files in its own letters. */
async function textOf(file: File): Promise<string> {
  const octets = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder("windows-1252").decode(octets);
  }
}

async function send(text: string, dry_run: boolean): Promise<Of<"ImportedEntries">> {
  return dataOf(await api.POST("/accounts/{account_id}/phone-book/import", {
    params: { path: { account_id: accountId.value ?? "" }, query: { dry_run } }, body: text, bodySerializer: (body) => body,
    headers: { "Content-Type": "text/csv" },
  }));
}

/** Looks at the file first; then it is taken, all or none. */
export function ImportDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const w = words();
  const [text, setText] = useState<string | undefined>(undefined);
  const [seen, setSeen] = useState<Of<"ImportedEntries"> | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [busy, setBusy] = useState(false);
  const go = async (own: string, dry: boolean) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const found = await send(own, dry);
      setSeen(found);
      if (dry) return;
      toast(w.done);
      onDone();
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const choose = async (file: File | undefined) => {
    setSeen(undefined);
    if (!file) return;
    const own = await textOf(file);
    setText(own);
    await go(own, true);
  };
  return (
    <Dialog title={w.import} onClose={onClose}>
      <p class="soft">{w.importHint}</p>
      <label class="field"><span class="field-label">{w.file}</span>
        <input class="input" type="file" accept=".csv,text/csv" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      </label>
      {problem !== undefined && <Wrong problem={problem} />}
      {seen && <Banner kind="good">{w.would(number(seen.made), number(seen.renamed), number(seen.unchanged))}</Banner>}
      <div class="form-actions">
        {text !== undefined && <Button kind="primary" busy={busy} disabled={seen === undefined} onPress={() => void go(text, false)}>{w.take}</Button>}
        <Button kind="quiet" onPress={onClose}>{common().actions.cancel}</Button>
      </div>
    </Dialog>
  );
}

/** What is wrong, line by line. */
function Wrong({ problem }: { problem: unknown }) {
  const errors = problem instanceof ApiError ? (problem.problem.errors ?? []) : [];
  if (errors.length === 0) return <Banner kind="bad">{wordsOf(problem)}</Banner>;
  return <Banner kind="bad">{words().wrong}<ul>{errors.map((one) => <li key={one.field}>{one.field}: {one.reason}</li>)}</ul></Banner>;
}
