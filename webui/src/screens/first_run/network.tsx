import { api, dataOf } from "../../api";
import { useAsk } from "../../app/ask";
import { common } from "../../words/common";
import { Banner, Button, Loaded, Steps, type Step } from "../../ui";
import { chosen } from "./kept";
import { stepsOf } from "./shown_steps";
import { useGo } from "./steps";
import { words } from "./words";

/** An appliance gets the time zone that was chosen before there was anybody to set it. Elsewhere the system has its own. */
async function setZone(): Promise<void> {
  const info = dataOf(await api.GET("/system/info"));
  if (info.appliance) await api.PATCH("/system/time", { body: { timezone: chosen.peek().zone } });
}

let zoneIsSet = false;

async function look(): Promise<Step[]> {
  if (!zoneIsSet) await setZone().catch(() => undefined);
  zoneIsSet = true;
  const { steps } = dataOf(await api.GET("/system/network/check"));
  return stepsOf(steps, words().network.steps, {});
}

/** What stands between the box and its calls, with what to do about it. */
export function NetworkStep() {
  const w = words();
  const go = useGo();
  const asked = useAsk(look, []);
  const wrong = asked.data?.some((one) => one.state === "bad") ?? false;
  return (
    <>
      <Loaded asked={asked}>{(steps) => <section class="card"><Steps steps={steps} /></section>}</Loaded>
      {wrong && <Banner kind="warn">{w.network.goOnAnyway}</Banner>}
      <div class="form-actions">
        <Button kind="primary" onPress={() => go("account")}>{common().actions.next}</Button>
        <Button icon="reload" busy={asked.loading} onPress={asked.reload}>{w.network.again}</Button>
      </div>
    </>
  );
}
