import { useEffect, useState } from "preact/hooks";
import { Banner, Button, Dialog, Spinner } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

const EVERY_MS = 1000;
/** A box that answered all the time has restarted between two questions. */
const GRACE_MS = 20_000;
const LONG_MS = 180_000;

async function answers(): Promise<boolean> {
  try {
    return (await fetch("/api/v1/system/health", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
}

/** Over the page until the box is back; then the page begins anew. */
export function WaitForBox({ title }: { title: string }) {
  const w = words();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const begun = Date.now();
    let wasAway = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const here = await answers();
      const waited = Date.now() - begun;
      if (here && (wasAway || waited > GRACE_MS)) return location.assign("/system");
      wasAway ||= !here;
      setLong(waited > LONG_MS);
      timer = setTimeout(() => void look(), EVERY_MS);
    };
    timer = setTimeout(() => void look(), EVERY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Dialog title={title}>
      <Spinner label={w.wait.hint} />
      {long && <Banner kind="warn">{w.wait.long} <Button small icon="reload" onPress={() => location.assign("/")}>{common().actions.reload}</Button></Banner>}
    </Dialog>
  );
}
