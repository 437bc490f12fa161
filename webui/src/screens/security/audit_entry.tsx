import { accounts } from "../../app/session";
import { Button, Dialog, Pairs, PlainTable } from "../../ui";
import { common } from "../../words/common";
import { dateTime } from "../../words/format";
import { actionWords, actorWords, objectWords, type Entry } from "./audit_words";
import { changes } from "./difference";
import { words } from "./words";

/** One entry, with what it changed. */
export function AuditEntryDialog({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const w = words();
  const found = changes(entry.before, entry.after);
  const account = accounts.value.find((one) => one.account_id === entry.account_id);
  return (
    <Dialog title={actionWords(entry.action)} onClose={onClose} wide>
      <Pairs pairs={[
        [w.audit.when, dateTime(entry.at)],
        [w.audit.who, <span dir="auto">{actorWords(entry)}</span>],
        [w.audit.source, entry.source ? <span class="mono">{entry.source}</span> : undefined],
        [w.audit.object, <span dir="auto">{objectWords(entry)}</span>],
        [w.scope.account, account ? <span dir="auto">{account.name}</span> : undefined],
        [w.audit.entry, <span class="mono small">{entry.audit_id} · {entry.action}</span>],
      ]} />
      {found.length > 0 && (
        <PlainTable label={w.audit.changes} head={[w.audit.field, w.audit.before, w.audit.after]}
          rows={found.map((one) => ({
            key: one.field, cells: [<code>{one.field}</code>, <Value text={one.before} tone="gone" />, <Value text={one.after} tone="new" />],
          }))} />
      )}
      <div class="form-actions"><Button onPress={onClose}>{common().actions.close}</Button></div>
    </Dialog>
  );
}

function Value({ text, tone }: { text: string | undefined; tone: "gone" | "new" }) {
  if (text === undefined || text === "") return <span class="soft">{common().states.none}</span>;
  return <div class={`security-value security-${tone}`} dir="auto">{text}</div>;
}
