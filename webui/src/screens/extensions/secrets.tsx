import { useState } from "preact/hooks";
import { to } from "../../app/places";
import { save } from "../../app/save";
import { Banner, Button, Card, PlainTable } from "../../ui";
import { common } from "../../words/common";
import { csv } from "./pasted";
import { words } from "./words";

export interface Secret {
  number: string;
  username: string;
  password: string;
}

/** How many are drawn; the file and the clipboard have all. */
const SHOWN = 200;

/** Passwords that are told this once. */
export function Secrets({ secrets }: { secrets: readonly Secret[] }) {
  const [w, c] = [words().secrets, common()];
  const [copied, setCopied] = useState(false);
  const lines = () => [[w.number, w.user, w.password], ...secrets.map((one) => [one.number, one.username, one.password])];
  const copy = () => {
    void navigator.clipboard?.writeText(lines().map((one) => one.join("\t")).join("\n")).then(() => setCopied(true));
  };
  return (
    <Card title={w.title}>
      <Banner kind="warn">{w.once}</Banner>
      <div class="row">
        <Button icon={copied ? "check" : "copy"} onPress={copy}>{copied ? c.actions.copied : w.copyAll}</Button>
        <Button icon="download" onPress={() => save(csv(lines()), "extensions.csv")}>{w.download}</Button>
        <Button kind="quiet" href={to("extensions")}>{w.done}</Button>
      </div>
      <div class="extensions-secrets">
        <PlainTable label={w.title} head={[w.number, w.user, w.password]}
          rows={secrets.slice(0, SHOWN).map((one) => ({
            key: one.number, cells: [one.number, <code key="u">{one.username}</code>, <code key="p">{one.password}</code>],
          }))} />
      </div>
      {secrets.length > SHOWN && <p class="soft small">{c.table.rowsSoFar(SHOWN)}</p>}
    </Card>
  );
}
