/** What is drawn: by how far whoever is here has come, and by the address. */
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ErrorBoundary, LocationProvider, useLocation } from "preact-iso";
import { words as firstWords } from "../screens/first_run/words";
import { words as signWords } from "../screens/sign_in/words";
import { Button, Empty, Spinner } from "../ui";
import { common } from "../words/common";
import { PLACES, home, to, type PlaceId } from "./places";
import { screen } from "./screen";
import { accountId, accounts, begin, me, phase } from "./session";
import { Shell } from "./shell";
import { useClockOf } from "./zone";

const FirstRun = screen(firstWords, () => import("../screens/first_run"));
const SignIn = screen(signWords, () => import("../screens/sign_in"));
const Parts = screen(common, () => import("../screens/parts"));

export function App() {
  return (
    <LocationProvider>
      <ErrorBoundary onError={(error) => console.error(error)}>
        <ByPhase />
      </ErrorBoundary>
    </LocationProvider>
  );
}

function ByPhase() {
  const w = common();
  const { path } = useLocation();
  if (path === "/parts") return <Parts />;
  switch (phase.value) {
    case "starting":
      return <div class="alone"><Spinner label={w.status.starting} /></div>;
    case "unreachable":
      return <div class="alone"><Empty icon="warn" title={w.errors.unreachable} action={<Button icon="reload" onPress={() => void begin()}>{w.actions.retry}</Button>} /></div>;
    case "setup":
      return <FirstRun />;
    case "in":
      // The first run goes on beyond the point where somebody is signed in.
      return path.startsWith("/first-run") ? <FirstRun /> : <SignedIn path={path} />;
    default:
      return <SignIn />;
  }
}

/** `/a/ACCOUNT/PLACE/…` in an account, `/PLACE/…` on the box. */
function SignedIn({ path }: { path: string }) {
  const parts = path.split("/").filter((one) => one !== "");
  if (parts.length === 0) return <Home />;
  const [scope, account, name] = parts[0] === "a" ? (["account", parts[1], parts[2]] as const) : (["box", undefined, parts[0]] as const);
  const place = PLACES.find((one) => one.id === name && one.scope === scope);
  // `/live`: that place of whichever account is looked at. What a phone's home screen and links of others can know.
  if (place === undefined && parts.length === 1 && PLACES.some((one) => one.id === name)) return <Home place={name as PlaceId} />;
  const seen = place !== undefined && (place.id === "me" || place.may());
  return <InPlace key={`${scope} ${account ?? ""}`} account={account} own={name === "me"} screen={seen ? place.screen : Gone} />;
}

function Home({ place }: { place?: PlaceId }) {
  const { route } = useLocation();
  useEffect(() => {
    chooseAccount();
    route(place === undefined ? home() : to(place), true);
  }, []);
  return <Shell><Spinner label={common().states.loading} /></Shell>;
}

function chooseAccount(): void {
  accountId.value ??= accounts.value[0]?.account_id ?? me.value?.memberships[0]?.account_id;
}

interface InPlaceProps {
  account: string | undefined;
  /** About whoever looks. */
  own: boolean;
  screen: ComponentType;
}

function InPlace({ account, own, screen: Screen }: InPlaceProps) {
  useClockOf(account !== undefined ? { account } : own ? "own" : "box");
  const right = account === undefined || accountId.value === account;
  useEffect(() => {
    if (account === undefined) chooseAccount();
    else accountId.value = account;
  }, [account]);
  return (
    <Shell>
      {right ? <ErrorBoundary onError={(error) => console.error(error)}><Screen /></ErrorBoundary> : <Spinner label={common().states.loading} />}
    </Shell>
  );
}

/** What is not there, or not to be seen, looks the same. */
function Gone() {
  const w = common();
  return <Empty icon="search" title={w.status.gone} action={<Button href={home()}>{w.actions.back}</Button>}>{w.status.goneHint}</Empty>;
}
