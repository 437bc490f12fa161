import { DestinationText } from "../../app/calling/destination";
import type { Names } from "../../app/calling/names";
import type { Hours } from "./api";
import { words } from "./words";

/** What happens: when open, when closed; what counts now stands out. */
export function Flow({ hours, names, now }: { hours: Pick<Hours, "open" | "closed">; names: Names; now?: boolean | undefined }) {
  const w = words();
  return (
    <dl class="hours-flow">
      <div class={`hours-way hours-way-open${now === true ? " hours-way-now" : ""}`}>
        <dt>{w.whenOpen}</dt><dd><DestinationText to={hours.open} names={names} /></dd>
      </div>
      <div class={`hours-way hours-way-closed${now === false ? " hours-way-now" : ""}`}>
        <dt>{w.whenClosed}</dt><dd><DestinationText to={hours.closed} names={names} /></dd>
      </div>
    </dl>
  );
}
