import "./security.css";
import { useEffect } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen } from "../../api/live";
import { useAsk, wordsOf } from "../../app/ask";
import { canBox } from "../../app/session";
import { Button, Card, Empty, Loaded, PlainTable, toast } from "../../ui";
import { dateTime } from "../../words/format";
import { words } from "./words";

/** Who is kept out after failed sign-ins of phones. */
export function Bans() {
  const w = words();
  const bans = useAsk(async () => dataOf(await api.GET("/system/bans")).items, [], 15);
  useEffect(() => listen(["ban", "missed"], () => bans.reload()), []);
  return (
    <Loaded asked={bans}>
      {(items) => (items.length === 0 ? <Empty icon="check" title={w.bans.empty}>{w.bans.hint}</Empty> : (
        <Card title={w.tabs.bans}>
          <p class="soft">{w.bans.hint}</p>
          <BanTable items={items} reload={bans.reload} />
        </Card>
      ))}
    </Loaded>
  );
}

function BanTable({ items, reload }: { items: readonly Of<"Ban">[]; reload: () => void }) {
  const w = words();
  const may = canBox("system.write");
  const lift = (source: string) => {
    api.DELETE("/system/bans/{source}", { params: { path: { source } } }).then(
      () => {
        toast(w.bans.lifted(source));
        reload();
      },
      (problem: unknown) => toast(wordsOf(problem)),
    );
  };
  return (
    <PlainTable label={w.tabs.bans} head={[w.bans.source, w.bans.identity, w.bans.until, ...(may ? [""] : [])]}
      rows={items.map((one) => ({
        key: `${one.source} ${one.identity ?? ""}`,
        cells: [
          <span class="mono security-solid">{one.source}</span>, <span dir="auto">{one.identity ?? w.bans.whole}</span>, dateTime(one.until),
          ...(may ? [<Button small onPress={() => lift(one.source)} label={`${w.bans.lift}: ${one.source}`}>{w.bans.lift}</Button>] : []),
        ],
      }))} />
  );
}
