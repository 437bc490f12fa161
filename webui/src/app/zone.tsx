/** Whose clock the screen shows times by: the account's below `/a/…`, the box's on its own pages, the browser's on one's own. */
import { computed, effect, signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { api, dataOf } from "../api";
import { Icon } from "../ui";
import { common } from "../words/common";
import { shownZone, zoneName } from "../words/format";
import { sameClock } from "../words/zone";
import { can, canBox } from "./session";

/** An account's id, the box, or whoever looks. */
type Clock = { account: string } | "box" | "own";

/** What has been learnt; nothing where it could not be. */
const known = signal<ReadonlyMap<string, string | undefined>>(new Map());
const ofPlace = signal<string>("own");
/** A part of a place that is about the whole box. */
const ofPart = signal<string | undefined>(undefined);
const shown = computed(() => ofPart.value ?? ofPlace.value);

/** Whether it is known by which clock days begin: what is asked for by days waits for it. */
export const clockKnown = computed(() => shown.value === "own" || known.value.has(shown.value));

/** The browser's own zone needs no name: nothing is drawn anew once the account's is known to be the same. */
const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

effect(() => {
  const zone = known.value.get(shown.value);
  shownZone.value = zone === ownZone ? undefined : zone;
});

const asking = new Set<string>();

async function learn(key: string, ask: () => Promise<string | undefined>): Promise<void> {
  if (known.peek().has(key) || asking.has(key)) return;
  asking.add(key);
  const zone = await ask().catch(() => undefined);
  asking.delete(key);
  tell(key, zone);
}

function tell(key: string, zone: string | undefined): void {
  known.value = new Map(known.peek()).set(key, zone);
}

/** Who may not see how the account dials sees its calls, and with them whose days they are counted by. */
async function zoneOf(account_id: string): Promise<string | undefined> {
  const params = { path: { account_id } };
  if (can("routes.read")) return dataOf(await api.GET("/accounts/{account_id}/dialling", { params })).zone ?? undefined;
  const query = { step: "day", from: new Date().toISOString() } as const;
  return dataOf(await api.GET("/accounts/{account_id}/stats", { params: { ...params, query } })).zone;
}

/** A box that does not look after its own clock does not tell its zone. */
async function zoneOfBox(): Promise<string | undefined> {
  if (!canBox("system.read") || !dataOf(await api.GET("/system/info")).appliance) return undefined;
  const time: unknown = dataOf(await api.GET("/system/time"));
  return typeof time === "object" && time !== null && "timezone" in time && typeof time.timezone === "string" ? time.timezone : undefined;
}

/** The place that is open is about this. */
export function useClockOf(clock: Clock): void {
  const key = typeof clock === "string" ? clock : clock.account;
  useLayoutEffect(() => {
    ofPlace.value = key;
    if (key === "box") void learn(key, zoneOfBox);
    else if (key !== "own") void learn(key, () => zoneOf(key));
  }, [key]);
}

/** The part of a place that is open is about the whole box. */
export function useBoxClock(wholeBox: boolean): void {
  useLayoutEffect(() => {
    if (!wholeBox) return;
    ofPart.value = "box";
    void learn("box", zoneOfBox);
    return () => {
      ofPart.value = undefined;
    };
  }, [wholeBox]);
}

/** Somebody has set another. */
export function zoneIsNow(clock: Exclude<Clock, "own">, zone: string | undefined): void {
  tell(typeof clock === "string" ? clock : clock.account, zone);
}

/** Names the zone, where it is not that of whoever looks. */
export function ZoneNote() {
  const zone = shownZone.value;
  if (zone === undefined || sameClock(zone, undefined)) return null;
  return <p class="zone-note soft small"><Icon name="hours" size={16} /><span>{common().timesIn(zoneName(zone))}</span></p>;
}
