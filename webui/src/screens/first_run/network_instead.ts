/** What can be told of the network by a box that has no check of it. */
import { ApiError, api, dataOf } from "../../api";
import type { Step } from "../../ui";
import { words } from "./words";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Nothing where the box is no appliance: then its system looks after network and time. */
async function ofTheAppliance(path: "/system/network" | "/system/time"): Promise<Record<string, unknown> | undefined> {
  try {
    const data: unknown = dataOf(await api.GET(path));
    return isObject(data) ? data : undefined;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 409) return undefined;
    throw problem;
  }
}

function addresses(network: Record<string, unknown>): string[] {
  const all = Array.isArray(network.addresses) ? (network.addresses as unknown[]) : [];
  return all.filter(isObject).map((one) => `${String(one.address)} (${String(one.interface)})`);
}

export async function instead(): Promise<Step[]> {
  const w = words().network;
  const info = dataOf(await api.GET("/system/info"));
  const [network, time] = info.appliance ? await Promise.all([ofTheAppliance("/system/network"), ofTheAppliance("/system/time")]) : [];
  const found = network === undefined ? [] : addresses(network);
  const trusted = info.clock === "trusted";
  return [
    { key: "box", title: w.boxAnswers, state: "good", detail: w.version(info.version) },
    network === undefined
      ? { key: "address", title: w.address, state: "good", detail: w.bySystem(location.hostname) }
      : { key: "address", title: w.address, state: found.length > 0 ? "good" : "bad", detail: found.length > 0 ? found.join(", ") : w.noAddress },
    {
      key: "time", title: w.time, state: trusted ? "good" : "warn",
      detail: trusted ? (typeof time?.timezone === "string" ? time.timezone.replaceAll("_", " ") : w.timeRight) : w.timeUnsure,
    },
    { key: "sip", title: w.sip, state: info.sip.length > 0 ? "good" : "bad", detail: info.sip.join(", ") },
  ];
}
