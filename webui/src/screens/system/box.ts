/** What the services of the box say of themselves: the API hands it on as it is (docs/appliance.md), so its types are here. */
import { api, dataOf, type Of } from "../../api";
import { useAsk, type Asked } from "../../app/ask";

export interface Ip {
  mode: "off" | "dhcp" | "auto" | "static";
  address?: string;
  prefix?: number;
  gateway?: string | null;
}

export interface Interface {
  name: string;
  vlan: { parent: string; id: number } | null;
  ipv4: Ip;
  ipv6: Ip;
  dns: string[];
}

export interface NetworkConfig {
  interfaces: Interface[];
}

export interface NetworkState {
  config: NetworkConfig;
  on_trial: NetworkConfig | null;
  seconds_left: number | null;
  addresses: { interface: string; address: string }[];
}

export interface TimeState {
  timezone: string;
  ntp: boolean;
  synchronised: boolean;
  servers: string[];
}

export interface Slot {
  name: string;
  bootname: string | null;
  booted: boolean;
  good: boolean;
  version: string | null;
}

export interface UpdateState {
  compatible: string;
  activity: { operation: string; progress: { percent: number; text: string }; last_error: string };
  primary: string | null;
  slots: Slot[];
}

export async function readNetwork(): Promise<NetworkState> {
  return dataOf(await api.GET("/system/network")) as NetworkState;
}

export async function readTime(): Promise<TimeState> {
  return dataOf(await api.GET("/system/time")) as TimeState;
}

export async function readUpdate(): Promise<UpdateState> {
  return dataOf(await api.GET("/system/update")) as UpdateState;
}

export function useInfo(everySeconds?: number): Asked<Of<"Info">> {
  return useAsk(async () => dataOf(await api.GET("/system/info")), [], everySeconds);
}

/** One a line, or with commas between them. */
export function linesOf(text: string): string[] {
  return text.split(/[\n,;]+/).map((one) => one.trim()).filter((one) => one !== "");
}
