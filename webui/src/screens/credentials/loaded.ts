import { useEffect, useState } from "preact/hooks";
import { credentials } from "./words";

/** Whether the words of this folder are there; screens that use its parts wait for them. */
export function useCredentialWords(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    void credentials.load().then(() => setThere(true));
  }, []);
  return there;
}
