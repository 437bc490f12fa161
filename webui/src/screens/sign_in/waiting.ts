import { useEffect, useState } from "preact/hooks";

/** Seconds until a moment, counted down; 0 when it has come. */
export function useSecondsUntil(moment: number | undefined): number {
  const [now, setNow] = useState(Date.now());
  const left = moment === undefined ? 0 : Math.max(0, Math.ceil((moment - now) / 1000));
  useEffect(() => {
    setNow(Date.now());
    if (moment === undefined) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= moment) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [moment]);
  return left;
}
