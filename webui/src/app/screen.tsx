/** Screens come when they are opened first, with their words. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Banner, Button, Spinner } from "../ui";
import { common } from "../words/common";

interface Loading {
  default: ComponentType;
}

export type ScreenType = ComponentType & {
  /** Fetches it before it is drawn. */
  preload(): Promise<void>;
};

export function screen(words: { load(): Promise<void> }, load: () => Promise<Loading>): ScreenType {
  let found: ComponentType | undefined;
  const preload = async () => {
    const [loaded] = await Promise.all([load(), words.load()]);
    found = loaded.default;
  };
  function Screen() {
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    const begin = () => {
      setFailed(false);
      preload().then(() => draw((count) => count + 1), () => setFailed(true));
    };
    useEffect(() => {
      // It may have come since the spinner was drawn.
      if (found === undefined) begin();
      else draw((count) => count + 1);
    }, []);
    const w = common();
    if (found !== undefined) {
      const Found = found;
      return <Found />;
    }
    if (failed) return <div class="page"><Banner kind="bad">{w.errors.unreachable} <Button small icon="reload" onPress={begin}>{w.actions.retry}</Button></Banner></div>;
    return <div class="page"><Spinner label={w.states.loading} /></div>;
  }
  return Object.assign(Screen, { preload });
}

/** What stands in the address below the place: of `/a/ACCOUNT/trunks/ID/rates`, `["ID", "rates"]`. */
export function useBelow(): string[] {
  const { path } = useLocation();
  const parts = path.split("/").filter((one) => one !== "");
  return parts.slice(parts[0] === "a" ? 3 : 1);
}
