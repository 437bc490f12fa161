/** Open alerts, and taking them up. Of an account here, of the whole box in its overview. */
import "./dashboard.css";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, type Of } from "../../api";
import { wordsOf } from "../../app/ask";
import { Badge, Button, toast } from "../../ui";
import { dateTime, relative } from "../../words/format";
import type { Translation } from "../../words/catalog";
import type { alerts as en } from "./words/alerts.en";

type Alert = Of<"Alert">;
export type AlertWords = Translation<typeof en>;

interface Props {
  alerts: readonly Alert[];
  words: AlertWords;
  onTaken: (alert: Alert) => void;
  /** Whose it is, where several accounts' stand together. */
  whose?: (alert: Alert) => ComponentChildren;
}

const TONES = { critical: "bad", warning: "warn", info: "info" } as const;

export function AlertList({ alerts, words, onTaken, whose }: Props) {
  if (alerts.length === 0) return <p class="soft">{words.none}</p>;
  return <ul class="dashboard-list">{alerts.map((one) => <OneAlert key={one.alert_id} alert={one} words={words} onTaken={onTaken} {...(whose ? { whose } :
    {})} />)}</ul>;
}

function OneAlert({ alert, words, onTaken, whose }: Omit<Props, "alerts"> & { alert: Alert }) {
  const [busy, setBusy] = useState(false);
  const kind = words.kinds[alert.kind as keyof typeof words.kinds] as string | undefined;
  const take = () => {
    setBusy(true);
    takeUp(alert).then(() => {
      toast(words.takenUp);
      onTaken(alert);
    }, (problem: unknown) => toast(wordsOf(problem))).finally(() => setBusy(false));
  };
  return (
    <li class="dashboard-item">
      <div class="dashboard-main">
        <div class="row"><Badge tone={TONES[alert.severity as keyof typeof TONES] ?? "info"}>{kind ?? alert.kind}</Badge>{whose?.(alert)}</div>
        <p class="dashboard-detail small" dir="auto">{alert.detail}</p>
        <p class="soft small"><time dateTime={alert.last_at} title={dateTime(alert.last_at)}>{relative(alert.last_at)}</time>
          {alert.times > 1 && ` · ${words.times(alert.times)}`}</p>
      </div>
      <Button small busy={busy} icon="check" onPress={take} label={`${words.takeUp}: ${kind ?? alert.kind}`}>{words.takeUp}</Button>
    </li>
  );
}

async function takeUp({ alert_id, account_id }: Alert): Promise<void> {
  if (account_id) await api.POST("/accounts/{account_id}/alerts/{alert_id}/acknowledgement", { params: { path: { account_id, alert_id } } });
  else await api.POST("/alerts/{alert_id}/acknowledgement", { params: { path: { alert_id } } });
}
