/** Signing in, and what stands between it and the first screen: a password of one's own, the second factor. */
import { useState } from "preact/hooks";
import { enter, phase } from "../../app/session";
import { useCredentialWords } from "../credentials/loaded";
import { NamePassword } from "./name_password";
import { NewPassword } from "./new_password";
import { SecondFactor } from "./second_factor";

/** What was typed; kept in memory only, so that nobody has to type it twice. */
export interface Given {
  username: string;
  password: string;
}

export default function SignIn() {
  const there = useCredentialWords();
  const [given, setGiven] = useState<Given | undefined>(undefined);
  if (!there) return null;
  const signedIn = async (now: Given) => {
    setGiven(now);
    await enter();
  };
  switch (phase.value) {
    case "new-password":
      return <NewPassword given={given} onSignedIn={signedIn} />;
    case "second-factor":
      return <SecondFactor given={given} />;
    default:
      return <NamePassword username={given?.username ?? ""} onSignedIn={signedIn} />;
  }
}
