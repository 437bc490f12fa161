import type { ComponentChildren } from "preact";
import { Banner, Loaded } from "../../ui";
import { useInfo } from "./box";
import { words } from "./words";

/** Only where the box looks after itself: else its system is set up by other means. */
export function OnAppliance({ children }: { children: ComponentChildren }) {
  const info = useInfo();
  return <Loaded asked={info}>{(found) => (found.appliance ? children : <Banner kind="info">{words().noAppliance}</Banner>)}</Loaded>;
}
