import type { Of } from "../../../api";
import { to } from "../../../app/places";
import { can } from "../../../app/session";
import type { Names } from "../../../app/names";
import { Stop, TracePath } from "../../../app/trace/path";
import { named } from "../../../app/trace/steps";
import { words as traceWords } from "../../../app/trace/words";
import { number, phone } from "../../../words/format";
import { words } from "./words";

type Destination = Of<"Destination">;
type Trunks = Extract<Destination, { kind: "trunks" }>;
type Refused = Extract<Destination, { kind: "refused" }>;

/** The way, and where it ends. */
export function Answer({ simulation, names }: { simulation: Of<"Simulation">; names: Names }) {
  return <TracePath steps={simulation.trace}><End of={simulation.destination} names={names} /></TracePath>;
}

function End({ of, names }: { of: Destination; names: Names }) {
  switch (of.kind) {
    case "extension":
      return <AtExtension own={of.number} devices={of.devices} names={names} />;
    case "feature":
      return <Stop icon="box" tone="good"><strong>{words().ends.feature}</strong></Stop>;
    case "trunks":
      return <Outside attempts={of.attempts} names={names} />;
    case "refused":
      return <Refusal of={of} />;
  }
}

function AtExtension({ own, devices, names }: { own: string; devices: number; names: Names }) {
  const w = words().ends;
  const found = names.byNumber.get(own);
  const name = found === undefined ? own : `${found.name} (${own})`;
  const count = devices === 1 ? w.device : w.devices(number(devices));
  return (
    <Stop icon="phone" tone={devices > 0 ? "good" : "warn"}>
      <strong dir="auto">{devices > 0 ? w.extension(name, count) : w.noDevices(name)}</strong>
      {found && can("extensions.read") && <a class="small" href={to("extensions", found.extension_id)}>{w.openExtension}</a>}
    </Stop>
  );
}

function Outside({ attempts, names }: { attempts: Trunks["attempts"]; names: Names }) {
  const w = words().ends;
  return (
    <Stop icon="outgoing" tone="good">
      <strong>{w.trunks}</strong>
      <ol class="path-attempts">
        {attempts.map((one) => (
          <li key={one.trunk_id}>
            <a href={to("trunks", one.trunk_id)} dir="auto">{names.trunk(one.trunk_id) ?? one.trunk_id}</a>
            <span class="soft"> {w.as(phone(one.number))}{one.price ? `, ${w.price(one.price)}` : ""}</span>
          </li>
        ))}
      </ol>
    </Stop>
  );
}

function Refusal({ of }: { of: Refused }) {
  const [w, t] = [words().ends, traceWords()];
  const advice = named(t.advice, of.reason);
  return (
    <Stop icon="hangup" tone="bad">
      <strong>{w.refused(String(of.sip_status))}</strong>
      <span>{named(t.reasons, of.reason)}</span>
      {advice !== of.reason && <span class="soft small">{advice}</span>}
    </Stop>
  );
}
