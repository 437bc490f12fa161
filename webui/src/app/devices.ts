/** Which phones are there: read once, then told by the box as it changes. */
import { useEffect } from "preact/hooks";
import { api, dataOf, type Of } from "../api";
import { listen } from "../api/live";
import { useAsk, type Asked } from "./ask";

export type Device = Of<"Registration">;

/** How often at most they are read again while phones come and go. */
const PAUSE_MS = 1000;

/** All that are registered; of one extension, where it is named. */
export async function devicesOf(account_id: string, extension?: string): Promise<Device[]> {
  const { items } = dataOf(await api.GET("/accounts/{account_id}/registrations", { params: { path: { account_id } } }));
  return extension === undefined ? items : items.filter((one) => one.extension_id === extension);
}

/** An event does not tell all of a device: `reload` is called, once for what came within a second. */
export function useDeviceNews(reload: () => void, extension?: string): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen(["registration.added", "registration.removed", "registration.reachability", "missed"], (_, data) => {
      if (extension !== undefined && data !== null && extensionOf(data) !== extension) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, PAUSE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [extension, reload]);
}

/** `everySeconds`: also where no event comes. */
export function useDevices(account: string, extension?: string, everySeconds?: number): Asked<Device[]> {
  const asked = useAsk(() => devicesOf(account, extension), [account, extension], everySeconds);
  useDeviceNews(asked.reload, extension);
  return asked;
}

function extensionOf(data: unknown): unknown {
  return typeof data === "object" && data !== null && "extension_id" in data ? data.extension_id : undefined;
}

export interface Presence {
  all: number;
  answering: number;
}

/** How many phones each extension has. */
export function presenceOf(devices: readonly Device[]): Map<string, Presence> {
  const found = new Map<string, Presence>();
  for (const { extension_id, reachable } of devices) {
    const one = found.get(extension_id) ?? { all: 0, answering: 0 };
    found.set(extension_id, { all: one.all + 1, answering: one.answering + (reachable ? 1 : 0) });
  }
  return found;
}
