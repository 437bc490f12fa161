/** How hours stand now, and the switch by hand. */
import { useState } from "preact/hooks";
import type { Read } from "../../api";
import { wordsOf } from "../../app/ask";
import { can } from "../../app/session";
import { Badge, Banner, Button, Dialog, Icon, toast } from "../../ui";
import { common } from "../../words/common";
import { switchHours, type Hours, type Switch } from "./api";
import { endOfDay, whenIn } from "./clock";
import { words } from "./words";

const HOUR = 3_600_000;

export function zoneOf(hours: { zone?: string | null }): string {
  return hours.zone ?? "America/Sao_Paulo";
}

/** Why it is open or closed, in words. */
function why(hours: Hours): string {
  const w = words().why;
  const { why: reason, holiday } = hours.now;
  if (reason === "holiday") return w.holiday(holiday ?? "");
  const known: Record<string, string> = { override: w.override, hours: w.hours, outside_hours: w.outside_hours, no_clock: w.no_clock };
  return known[reason] ?? reason;
}

export function StateText({ hours }: { hours: Hours }) {
  const w = words();
  const { open, until, why: reason } = hours.now;
  const now = Date.now();
  return (
    <div class="hours-state">
      <span class={`hours-sign hours-sign-${open ? "open" : "closed"}`}><Icon name={open ? "check" : "close"} size={22} /></span>
      <div class="hours-state-text">
        <strong class="hours-word">{open ? w.open : w.closed}</strong>
        <span class="soft" dir="auto">{why(hours)}{until ? ` · ${w.until(whenIn(zoneOf(hours), until, now))}` : reason === "override" ? ` · ${w.forGood}`
          : ""}</span>
      </div>
      {reason === "override" && <Badge tone="warn">{w.byHand}</Badge>}
      {reason === "no_clock" && <Banner kind="warn">{w.noClock}</Banner>}
    </div>
  );
}

type Mode = "automatic" | "open" | "closed";

interface SwitchProps {
  hours: Hours;
  onSwitched: (read: Read<Hours>) => void;
}

/** Open, closed or as the hours say; undone by what it was before. */
export function HandSwitch({ hours, onSwitched }: SwitchProps) {
  const [asking, ask] = useState<"open" | "closed" | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const w = words();
  if (!can("routes.write")) return null;
  const id = hours.time_condition_id;
  const back = hours.override;
  const put = (body: Switch, undo: boolean) => {
    ask(undefined);
    setBusy(true);
    switchHours(id, body).then((read) => {
      onSwitched(read);
      toast(w.switched(hours.name, w.modes[body.mode as Mode] ?? body.mode), undo ? () => put(stillThere(back), false) : undefined);
    }, (problem: unknown) => toast(wordsOf(problem))).finally(() => setBusy(false));
  };
  const press = (mode: Mode) => {
    if (busy) return;
    if (mode === "automatic") { if (back.mode !== "automatic") put({ mode }, true); } else ask(mode);
  };
  return (
    <>
      <div class="hours-switch" role="group" aria-label={w.switchOf(hours.name)} aria-busy={busy}>
        {(["automatic", "open", "closed"] as const).map((mode) => (
          <button type="button" key={mode} class={`hours-mode hours-mode-${mode}`} aria-pressed={back.mode === mode}
            onClick={() => press(mode)}>{w.modes[mode]}</button>
        ))}
      </div>
      {asking !== undefined && <UntilWhen hours={hours} mode={asking} onClose={() => ask(undefined)}
        onChosen={(until) => put({ mode: asking, until }, true)} />}
    </>
  );
}

/** What it was before, where that has not ended meanwhile. */
function stillThere(before: Switch): Switch {
  return before.until && Date.parse(before.until) <= Date.now() ? { mode: "automatic" } : before;
}

interface UntilProps {
  hours: Hours;
  mode: "open" | "closed";
  onClose: () => void;
  onChosen: (until: string | null) => void;
}

function UntilWhen({ hours, mode, onClose, onChosen }: UntilProps) {
  const w = words();
  const now = Date.now();
  const zone = zoneOf(hours);
  const at = (when: number) => new Date(when).toISOString();
  const choices: { key: string; label: string; until: string | null }[] = [
    { key: "hour", label: w.untilWhen.hour, until: at(now + HOUR) },
    { key: "today", label: w.untilWhen.today, until: at(endOfDay(zone, now)) },
    { key: "good", label: w.untilWhen.good, until: null },
  ];
  // While it is switched by hand, the box says when that ends, and not what the hours would do.
  if (hours.override.mode === "automatic" && hours.now.until) choices.unshift({ key: "change", label: w.untilWhen.change, until: hours.now.until });
  return (
    <Dialog title={mode === "open" ? w.openUntil(hours.name) : w.closeUntil(hours.name)} onClose={onClose}>
      <div class="hours-choices">
        {choices.map((one) => (
          <button type="button" key={one.key} class="hours-choice" onClick={() => onChosen(one.until)}>
            <strong>{one.label}</strong>
            <span class="soft small">{one.until === null ? w.untilWhen.goodHint : w.until(whenIn(zone, one.until, now))}</span>
          </button>
        ))}
      </div>
      <div class="form-actions"><Button kind="quiet" onPress={onClose}>{common().actions.cancel}</Button></div>
    </Dialog>
  );
}
