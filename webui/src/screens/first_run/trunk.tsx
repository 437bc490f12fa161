import { useEffect, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen } from "../../api/live";
import { useAsk } from "../../app/ask";
import { common } from "../../words/common";
import { Badge, Button, Loaded, Steps } from "../../ui";
import { stepsOf } from "./shown_steps";
import { useGo } from "./steps";
import { TrunkForm } from "./trunk_form";
import { words } from "./words";

type Trunk = Of<"Trunk">;

/** The line to the provider, and whether it works. Who has none goes on without. */
export function TrunkStep({ account }: { account: string }) {
  const params = { path: { account_id: account }, query: { limit: 1 } };
  const asked = useAsk(() => api.GET("/accounts/{account_id}/trunks", { params }).then(dataOf), [account]);
  return (
    <Loaded asked={asked}>
      {({ items }) => (items[0] ? <Line account={account} trunk={items[0]} onChanged={asked.reload} /> : <NewLine account={account} onMade={asked.reload} />)}
    </Loaded>
  );
}

function NewLine({ account, onMade }: { account: string; onMade: () => void }) {
  const w = words();
  const go = useGo();
  const asked = useAsk(() => api.GET("/trunk-templates").then(dataOf), []);
  return (
    <Loaded asked={asked}>
      {({ items }) => (
        <TrunkForm account={account} templates={items} onDone={onMade}
          more={<Button kind="quiet" onPress={() => go("extensions")}>{w.trunk.skip}</Button>} />
      )}
    </Loaded>
  );
}

/** The steps of a line, read again when it changes and every few seconds. */
function Line({ account, trunk, onChanged }: { account: string; trunk: Trunk; onChanged: () => void }) {
  const w = words();
  const go = useGo();
  const [changing, setChanging] = useState(false);
  const path = { account_id: account, trunk_id: trunk.trunk_id };
  const status = () => api.GET("/accounts/{account_id}/trunks/{trunk_id}/status", { params: { path } }).then(dataOf);
  const asked = useAsk(status, [trunk.trunk_id, trunk.updated_at], 2);
  useEffect(() => listen(["trunk.state"], asked.reload), []);
  if (changing) {
    const done = () => {
      setChanging(false);
      onChanged();
    };
    return <TrunkForm account={account} trunk={trunk} onDone={done} onCancel={() => setChanging(false)} />;
  }
  return (
    <>
      <Loaded asked={asked}>
        {(status) => (
          <section class="card">
            <div class="card-head">
              <h2 dir="auto">{trunk.name}</h2>
              <Badge tone={status.state === "down" ? (status.problem === "starting" ? "info" : "bad") : status.state === "degraded" ? "warn" : "good"}>
                {(w.trunk.states as Record<string, string>)[status.problem === "starting" ? "starting" : status.state] ?? status.state}
              </Badge>
            </div>
            <Steps steps={stepsOf(status.steps, w.trunk.steps, w.trunk.findings, status.problem === "starting" || status.problem === null)} />
          </section>
        )}
      </Loaded>
      <div class="form-actions">
        <Button kind="primary" onPress={() => go("extensions")}>{common().actions.next}</Button>
        <Button icon="edit" onPress={() => setChanging(true)}>{w.trunk.change}</Button>
      </div>
    </>
  );
}
