import "./system.css";
import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { useQuery } from "../../app/query";
import { save } from "../../app/save";
import { Button, CheckField, Empty, Loaded, SelectField, toast } from "../../ui";
import { dateTime } from "../../words/format";
import { words } from "./words";

type Line = Of<"LogLine">;
type Level = Of<"LevelWord">;

const LEVELS: readonly Level[] = ["error", "warn", "info", "debug", "trace"];
const PAGE = 200;
const FOLLOW_SECONDS = 3;

async function lines(level: Level, cursor?: string) {
  return dataOf(await api.GET("/system/logs", { params: { query: { level, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } } }));
}

/** The last lines of the log, the newest first; older ones stand below until another level is chosen. */
export function Log() {
  const w = words();
  const query = useQuery();
  const [follow, setFollow] = useState(true);
  const level = LEVELS.find((one) => one === query.get("level")) ?? "info";
  const [older, setOlder] = useState<{ lines: Line[]; next: string | undefined } | undefined>(undefined);
  const asked = useAsk(() => lines(level), [level], follow && older === undefined ? FOLLOW_SECONDS : undefined);
  const shown = [...(asked.data?.items ?? []), ...(older?.lines ?? [])];
  const next = older ? older.next : (asked.data?.next_cursor ?? undefined);
  const more = () => {
    lines(level, next).then(
      (page) => setOlder((before) => ({ lines: [...(before?.lines ?? []), ...page.items], next: page.next_cursor ?? undefined })),
      (problem: unknown) => toast(wordsOf(problem)),
    );
  };
  const choose = (value: string) => {
    setOlder(undefined);
    query.set({ level: value === "info" ? "" : value });
  };
  const keep = () => save(new Blob([fileOf(shown)], { type: "text/plain" }), "pabx.log");
  return (
    <>
      <div class="table-tools">
        <SelectField name="level" label={w.log.level} value={level} onValue={choose}
          options={LEVELS.map((one) => ({ value: one, label: w.log.levels[one] }))} />
        <Button icon="download" onPress={keep}>{w.log.download}</Button>
        <CheckField name="follow" label={w.log.follow} checked={follow && older === undefined}
          onChecked={(on) => { setFollow(on); setOlder(undefined); asked.reload(); }} />
      </div>
      <Loaded asked={asked}>{() => (shown.length === 0 ? <Empty icon="history" title={w.log.empty} /> : <Lines shown={shown} />)}</Loaded>
      {next !== undefined && <div><Button onPress={more}>{w.log.older}</Button></div>}
    </>
  );
}

/** As the daemon itself writes it: the oldest first. */
function fileOf(shown: readonly Line[]): string {
  return shown.map((one) => `${one.at} ${one.level} ${one.module} ${one.text}\n`).reverse().join("");
}

function Lines({ shown }: { shown: readonly Line[] }) {
  const w = words();
  return (
    <ol class="system-log" aria-label={w.tabs.log}>
      {shown.map((one, index) => (
        <li key={`${one.at} ${shown.length - index}`} class={`system-line system-line-${one.level}`}>
          <span class="soft">{dateTime(one.at)}</span>
          <span>{w.log.levels[one.level]}</span>
          <p dir="auto" title={one.module}>{one.text}</p>
        </li>
      ))}
    </ol>
  );
}
