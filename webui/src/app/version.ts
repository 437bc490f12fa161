/** Whether the box has a newer UI than this page: after an update, the page that is open is the old one. */
import { signal } from "@preact/signals";
import { listen } from "../api/live";

declare const __VERSION__: string;

export const version = __VERSION__;
export const newVersion = signal(false);

/** The stream begins anew after each restart of the box: the time to look. */
export function watchVersion(): void {
  listen(["missed"], () => {
    void fetch("/version.json", { cache: "no-store" })
      .then(async (answer) => ((await answer.json()) as { version?: string }).version)
      .then((found) => {
        if (found !== undefined && found !== version) newVersion.value = true;
      })
      .catch(() => undefined);
  });
}

/** The page opens without the network from the second time on, and can be installed. Not in a browser that has no such thing. */
export function installable(): void {
  if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
