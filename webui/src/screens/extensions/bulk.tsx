import { useState } from "preact/hooks";
import { ApiError, api, dataOf } from "../../api";
import { wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { Banner, Button, Card, Page } from "../../ui";
import { Grid } from "./grid";
import { emptyRow, fileOf, isEmpty, MAX_ROWS, paste, placeOf, type Row } from "./pasted";
import { Secrets, type Secret } from "./secrets";
import { words } from "./words";

/** What is wrong, by row and column: `3 name`. */
export type CellErrors = ReadonlyMap<string, string>;

const BEGIN = 8;
const fresh = () => Array.from({ length: BEGIN }, emptyRow);

/** Sends the table; with `dry` it is only looked at. */
async function send(account: string, text: string, dry: boolean) {
  return dataOf(await api.POST("/accounts/{account_id}/extensions/import", {
    params: { path: { account_id: account }, query: { dry_run: dry } }, body: text, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" },
  }));
}

/** The state of the table: its rows, whether the box has looked at them, what it found. */
function useBulk(account: string) {
  const [rows, setRows] = useState<readonly Row[]>(fresh);
  const [errors, setErrors] = useState<CellErrors>(new Map());
  const [problem, setProblem] = useState<unknown>(undefined);
  const [good, setGood] = useState<number | undefined>(undefined);
  const [made, setMade] = useState<readonly Secret[] | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [left, setLeft] = useState(0);
  const change = (next: readonly Row[], touched?: string) => {
    setRows(next);
    setGood(undefined);
    setProblem(undefined);
    setErrors(touched === undefined ? new Map() : new Map([...errors].filter(([key]) => key !== touched)));
  };
  const go = async () => {
    if (busy) return;
    const { text, from } = fileOf(rows);
    setBusy(true);
    setProblem(undefined);
    try {
      const answer = await send(account, text, good === undefined);
      if (good === undefined) setGood(answer.count);
      else setMade(answer.items);
      setErrors(new Map());
    } catch (found) {
      setGood(undefined);
      const told = found instanceof ApiError ? (found.problem.errors ?? []) : [];
      const placed = told.map((one) => ({ ...one, at: placeOf(one.field, from) }));
      setErrors(new Map(placed.flatMap(({ at, reason }) => (at ? [[`${at.row} ${at.column}`, reason] as const] : []))));
      if (placed.length === 0 || placed.some(({ at }) => at === undefined)) setProblem(found);
    } finally {
      setBusy(false);
    }
  };
  const pasteAt = (text: string, row: number, column: number) => {
    const next = paste(rows, text, row, column);
    change(next.rows);
    setLeft(next.left);
  };
  return { rows, errors, problem, good, made, busy, left, change, go, pasteAt };
}

export function BulkPage({ account }: { account: string }) {
  const w = words();
  const bulk = useBulk(account);
  const back = { href: to("extensions"), label: w.title };
  if (bulk.made !== undefined) return <Page title={w.bulk.title} back={back}><Secrets secrets={bulk.made} /></Page>;
  const none = bulk.rows.every(isEmpty);
  return (
    <Page title={w.bulk.title} lead={w.bulk.lead} back={back}>
      <Card>
        <Grid rows={bulk.rows} errors={bulk.errors} onRows={bulk.change} onPaste={bulk.pasteAt} />
        <div class="row">
          <Button small icon="add" disabled={bulk.rows.length >= MAX_ROWS} onPress={() => bulk.change([...bulk.rows, emptyRow()])}>{w.bulk.addRow}</Button>
          <Button small kind="quiet" disabled={none} onPress={() => bulk.change(fresh())}>{w.bulk.clear}</Button>
        </div>
        {bulk.left > 0 && <Banner kind="warn">{w.bulk.tooMany(MAX_ROWS)}</Banner>}
        {bulk.problem !== undefined && <Banner kind="bad">{wordsOf(bulk.problem)}</Banner>}
        {bulk.errors.size > 0 && <CellList errors={bulk.errors} />}
        {bulk.good !== undefined && <Banner kind="good">{w.bulk.good(bulk.good)}</Banner>}
        <div class="row">
          <Button kind="primary" busy={bulk.busy} disabled={none}
            onPress={() => void bulk.go()}>{bulk.good === undefined ? w.bulk.check : w.bulk.make(bulk.good)}</Button>
          {none && <span class="soft small">{w.bulk.nothing}</span>}
        </div>
      </Card>
    </Page>
  );
}

/** The same errors as a list: for those who do not see the cells. */
function CellList({ errors }: { errors: CellErrors }) {
  const w = words().bulk;
  const names: Record<string, string | undefined> = w.columns;
  return (
    <Banner kind="bad">
      {w.bad(errors.size)}
      <ul class="extensions-errors">
        {[...errors].slice(0, 20).map(([key, reason]) => {
          const [row = "", column = ""] = key.split(" ");
          return <li key={key}>{w.fromRow(Number(row) + 1)}, {names[column] ?? column}: {reason}</li>;
        })}
      </ul>
    </Banner>
  );
}
