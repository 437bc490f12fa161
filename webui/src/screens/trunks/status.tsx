import { useEffect, useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { useAsk, wordsOf } from "../../app/ask";
import { can } from "../../app/session";
import { Banner, Button, Card, Dot, Loaded, Pairs, Steps, type Step } from "../../ui";
import { dateTime, number } from "../../words/format";
import { problemShown, readStatus, stateShown, trunkOf, type Status, type Trunk } from "./states";
import { words } from "./words";

/** How long a test is asked after: longer than a provider is waited for. */
const TEST_SECONDS = 40;

/** How the line stands, what to do where it does not, and the test of it. */
export function StatusCard({ account, trunk }: { account: string; trunk: Trunk }) {
  const w = words().one;
  const id = trunk.trunk_id;
  const asked = useAsk(() => readStatus(account, id), [account, id], 15);
  const [left, setLeft] = useState(0);
  const [problem, setProblem] = useState<unknown>(undefined);
  useEffect(() => listen(["trunk.state", "missed"], (name, data) => {
    if (name === "missed" || trunkOf(data) === id) asked.reload();
  }), [id, asked.reload]);
  const waits = asked.data?.steps.some((one) => one.state === "waiting") === true && !asked.data.steps.some((one) => one.state === "failed");
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => {
      asked.reload();
      setLeft(waits ? left - 1 : 0);
    }, 1000);
    return () => clearTimeout(timer);
  }, [left, waits]);
  const test = () => {
    setProblem(undefined);
    api.POST("/accounts/{account_id}/trunks/{trunk_id}/test", { params: { path: { account_id: account, trunk_id: id } } }).then((answer) => {
      asked.put(dataOf(answer));
      setLeft(TEST_SECONDS);
    }, setProblem);
  };
  const testing = left > 0;
  const button = can("trunks.write") && trunk.status === "active" ? <Button small icon="reload" busy={testing}
    onPress={test}>{testing ? w.testing : w.test}</Button> : undefined;
  return (
    <Card title={w.overview} actions={button}>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      <Loaded asked={asked}>{(status) => <Standing trunk={trunk} status={status} testing={testing} />}</Loaded>
    </Card>
  );
}

function Standing({ trunk, status, testing }: { trunk: Trunk; status: Status; testing: boolean }) {
  const w = words();
  const { tone, word } = stateShown(trunk, status);
  const trouble = status.problem && status.problem !== "starting" ? problemShown(status.problem, status.advice) : undefined;
  return (
    <div class="stack">
      <span class="trunks-light trunks-state">{tone ? <Dot tone={tone} /> : <Dot />}<span>{word}</span></span>
      {trouble && (
        <Banner kind={status.problem === "suspended" ? "info" : "warn"}>
          <strong>{trouble.what}</strong>{status.sip_status ? ` (${w.found.sip(status.sip_status)})` : ""} {trouble.todo}
        </Banner>
      )}
      {status.problem !== "suspended" && <Steps
        steps={status.steps.map((one) => stepShown(one, status, testing && one === status.steps.find(({ state }) => state === "waiting")))} />}
      <Pairs pairs={[
        [w.one.since, dateTime(status.since)], [w.one.server, status.server ? <code key="s">{status.server}</code> : undefined],
        [w.one.roundTrip, status.round_trip_ms === null || status.round_trip_ms === undefined ? undefined : `${number(status.round_trip_ms)} ms`],
        [w.one.until, status.registered_until ? dateTime(status.registered_until) : undefined],
        [w.one.calls, w.list.of(status.calls, trunk.max_calls)],
      ]} />
    </div>
  );
}

/** A step of the line: what was found is said with numbers of the status itself, in the words of whoever reads. */
function stepShown({ step, state, finding }: Status["steps"][number], status: Status, busy: boolean): Step {
  const w = words();
  const names: Record<string, string | undefined> = w.steps;
  const drawn = state === "ok" ? "good" : state === "failed" ? "bad" : busy ? "busy" : "waiting";
  const detail = state === "ok" ? foundAt(step, status) : state === "failed" ? (status.problem ? problemShown(status.problem, null).what : finding) : undefined;
  return { key: step, title: names[step] ?? step, state: drawn, ...(detail ? { detail } : {}) };
}

function foundAt(step: string, status: Status): string | undefined {
  if (step === "address") return words().found.servers(status.servers);
  if (step === "connection") return status.server ?? undefined;
  if (step === "answer" && status.round_trip_ms) return `${number(status.round_trip_ms)} ms`;
  return undefined;
}
