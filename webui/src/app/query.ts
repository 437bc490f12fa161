/** What stands behind the question mark of the address: searches and filters, so that a link shows the same list. */
import { useLocation } from "preact-iso";

export interface QueryWords {
  get(name: string): string;
  /** Empty: the word goes. The way back in the browser leads out of the list, not through each letter. */
  set(change: Readonly<Record<string, string>>): void;
}

export function useQuery(): QueryWords {
  const { url, path, route } = useLocation();
  const words = new URLSearchParams(url.split("?")[1] ?? "");
  return {
    get: (name) => words.get(name) ?? "",
    set(change) {
      const next = new URLSearchParams(words);
      for (const [name, value] of Object.entries(change)) {
        if (value === "") next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      route(text === "" ? path : `${path}?${text}`, true);
    },
  };
}
