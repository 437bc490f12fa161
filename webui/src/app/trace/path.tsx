import "./trace.css";
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../ui";
import { to } from "../places";
import { can } from "../session";
import { Values, station, type Leads, type Station } from "./steps";
import { words } from "./words";

interface StopProps {
  icon: IconName;
  tone?: "good" | "warn" | "bad" | undefined;
  children: ComponentChildren;
}

/** A station on the line. */
export function Stop({ icon, tone, children }: StopProps) {
  return (
    <li class={`trace-stop${tone ? ` trace-${tone}` : ""}`}>
      <span class="trace-sign"><Icon name={icon} size={18} /></span>
      <div class="trace-words">{children}</div>
    </li>
  );
}

/** The way of a call as a line of stations; `children` are further ones: its end. */
export function TracePath({ steps, children }: { steps: readonly { text: string; data?: unknown }[]; children?: ComponentChildren }) {
  const w = words();
  const inward = steps.some((step) => new Values(step.data).text("step") === "came_in");
  return (
    <ol class="trace" aria-label={w.label}>
      {steps.map((step, place) => <Way key={place} of={station(w, { text: step.text, data: step.data }, place)} inward={inward} />)}
      {children}
    </ol>
  );
}

function Way({ of, inward }: { of: Station; inward: boolean }) {
  const href = of.leads && linkOf(of.leads, of.id, inward);
  return (
    <Stop icon={of.icon} tone={of.tone}>
      <span dir="auto">{of.text}</span>
      {of.change !== undefined && <span class="soft small">{of.change}</span>}
      {of.leads && href !== undefined && <a class="small" href={href}>{words().links[of.leads]}</a>}
    </Stop>
  );
}

/** Where it can be looked at; nowhere for who may not. */
function linkOf(leads: Leads, id: string, inward: boolean): string | undefined {
  switch (leads) {
    case "route":
      return can("routes.read") ? to("routes", [inward ? "inbound" : "outbound", can("routes.write") ? id : ""].filter(Boolean).join("/")) : undefined;
    case "dialling":
      return can("routes.read") ? to("routes", "dialling") : undefined;
    case "hours":
      return can("routes.read") ? to("hours", id) : undefined;
    case "trunk":
      return can("trunks.read") ? to("trunks", id) : undefined;
    case "extension":
      return can("extensions.read") ? to("extensions") : undefined;
  }
}
