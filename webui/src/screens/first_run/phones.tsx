import { useState } from "preact/hooks";
import { useAsk } from "../../app/ask";
import { home } from "../../app/places";
import { Banner, Button, Loaded, Steps } from "../../ui";
import { useDevices, useExtensions, type Extension } from "./devices";
import { PhoneData } from "./phone_data";
import { PhoneList } from "./phone_list";
import { usualRoutes, type Routes } from "./routes";
import { TestCall } from "./test_call";
import { phonePasswords } from "./kept";
import { words } from "./words";

/** The last screen: how calls go, what each phone is told, and a call that is heard. */
export function PhonesStep({ account }: { account: string }) {
  const asked = useExtensions(account);
  return <Loaded asked={asked}>{(extensions) => <Phones account={account} extensions={extensions} />}</Loaded>;
}

function Phones({ account, extensions }: { account: string; extensions: readonly Extension[] }) {
  const w = words();
  const devices = useDevices(account);
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const routes = useAsk(() => usualRoutes(account, extensions), [account, extensions.length]);
  const chosen = extensions.find((one) => one.extension_id === picked) ?? extensions[0];
  if (chosen === undefined) return <Banner kind="info">{w.phones.none}</Banner>;
  return (
    <>
      <Loaded asked={routes}>{(found) => <HowCallsGo routes={found} />}</Loaded>
      {phonePasswords.value.size > 0 && <Banner kind="info">{w.phones.passwordsOnce}</Banner>}
      <section class="stack">
        <h2>{w.phones.title}</h2>
        <PhoneList extensions={extensions} devices={devices} chosen={chosen.extension_id} onChoose={setPicked} />
      </section>
      <PhoneData key={chosen.extension_id} account={account} extension={chosen} device={devices.get(chosen.extension_id)} />
      <TestCall key={`${chosen.extension_id} call`} account={account} extension={chosen} registered={devices.has(chosen.extension_id)} />
      <div class="form-actions"><Button kind="primary" href={home()}>{w.toDashboard}</Button></div>
    </>
  );
}

function HowCallsGo({ routes }: { routes: Routes }) {
  const w = words().routes;
  return (
    <section class="card">
      <Steps steps={[
        { key: "inside", title: w.inside, state: "good" },
        routes.out === undefined
          ? { key: "out", title: w.noTrunk, state: "skipped", detail: w.noTrunkHint }
          : { key: "out", title: w.outOver(routes.out), state: "good" },
        ...(routes.into === undefined ? [] : [{ key: "in", title: w.intoTo(routes.into), state: "good" as const }]),
      ]} />
    </section>
  );
}
