import "./system.css";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { Card, Loaded, PlainTable } from "../../ui";
import { OnAppliance } from "./appliance";
import { readNetwork, type NetworkState } from "./box";
import { NetworkForm } from "./network_form";
import { Trial } from "./trial";
import { words } from "./words";

const EVERY_SECONDS = 5;

export function Network() {
  return <OnAppliance><OnBox /></OnAppliance>;
}

function OnBox() {
  const asked = useAsk(readNetwork, [], EVERY_SECONDS);
  return <Loaded asked={asked}>{(found) => <Parts found={found} asked={asked} />}</Loaded>;
}

function Parts({ found, asked }: { found: NetworkState; asked: Asked<NetworkState> }) {
  const w = words();
  const may = canBox("system.write");
  return (
    <>
      {found.on_trial && <Trial key={JSON.stringify(found.on_trial)} config={found.on_trial} secondsLeft={found.seconds_left ?? 0} reload={asked.reload} />}
      <Card title={w.network.now}>
        <PlainTable label={w.network.now} head={[w.network.interface, w.network.address]}
          rows={found.addresses.map((one) => ({ key: `${one.interface} ${one.address}`, cells: [one.interface, <span class="mono">{one.address}</span>] }))} />
      </Card>
      {may && !found.on_trial && <NetworkForm key={JSON.stringify(found.config)} found={found} reload={asked.reload} />}
    </>
  );
}
