/** The first run: from the box out of the packet to the first heard call. It can be left, and goes on where it was. */
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAsk } from "../../app/ask";
import { home } from "../../app/places";
import { canBox, phase } from "../../app/session";
import { Loaded } from "../../ui";
import { useCredentialWords } from "../credentials/loaded";
import { AccountStep } from "./account";
import { ExtensionsStep } from "./extensions";
import { Frame } from "./frame";
import { NetworkStep } from "./network";
import { PasswordStep } from "./password";
import { PhonesStep } from "./phones";
import { PlaceStep } from "./place";
import { addressOf, firstAccount, isStep, whereItGoesOn, type StepName } from "./steps";
import { TrunkStep } from "./trunk";

export default function FirstRun() {
  const there = useCredentialWords();
  const { path } = useLocation();
  if (!there) return null;
  const word = path.split("/").filter((one) => one !== "")[1];
  if (phase.value === "setup") return <Frame step={word === "password" ? "password" : "place"}>{word === "password" ? <PasswordStep /> : <PlaceStep />}</Frame>;
  if (!canBox("accounts.write")) return <GoTo address={home()} />;
  if (!isStep(word) || word === "place" || word === "password") return <GoOn />;
  return <Frame step={word}><Body step={word} /></Frame>;
}

function Body({ step }: { step: StepName }) {
  const account = firstAccount();
  if (step === "network") return <NetworkStep />;
  if (step === "account") return <AccountStep />;
  if (account === undefined) return <GoTo address={addressOf("account")} />;
  if (step === "trunk") return <TrunkStep account={account} />;
  return step === "extensions" ? <ExtensionsStep account={account} /> : <PhonesStep account={account} />;
}

function GoTo({ address }: { address: string }) {
  const { route } = useLocation();
  useEffect(() => route(address, true), [address]);
  return null;
}

/** At the first screen whose work is not done yet. */
function GoOn() {
  const asked = useAsk(whereItGoesOn, []);
  return <Loaded asked={asked}>{(step) => <GoTo address={addressOf(step)} />}</Loaded>;
}
