import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { relative } from "../../words/format";
import { Badge, Button, Card, Confirm, Icon, Loaded, toast } from "../../ui";
import { words } from "./words";

type Session = Of<"Session">;

/** Where one is signed in; there, or everywhere else, one signs out. */
export function SessionsPart() {
  const w = words().sessions;
  const asked = useAsk(() => api.GET("/auth/sessions").then(dataOf), []);
  const [everywhere, setEverywhere] = useState(false);
  const end = async (session_id: string) => {
    try {
      await api.DELETE("/auth/sessions/{session_id}", { params: { path: { session_id } } });
      toast(w.ended);
    } catch (problem) {
      toast(wordsOf(problem));
    }
    asked.reload();
  };
  const endOthers = async () => {
    await api.DELETE("/auth/sessions");
    toast(w.othersEnded);
    asked.reload();
  };
  return (
    <Loaded asked={asked}>
      {({ items }) => (
        <Card title={w.title} actions={items.length > 1 && <Button small icon="exit" onPress={() => setEverywhere(true)}>{w.endOthers}</Button>}>
          <ul class="me-list">{items.map((one) => <li key={one.session_id}><Row session={one} onEnd={() => end(one.session_id)} /></li>)}</ul>
          {everywhere && (
            <Confirm title={w.endOthers} action={w.endOthers} onConfirm={endOthers} onClose={() => setEverywhere(false)}>{w.endOthersHint}</Confirm>
          )}
        </Card>
      )}
    </Loaded>
  );
}

/** Signs of browsers and systems; the first that fits counts. */
const BROWSERS: readonly [string, string][] = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const SYSTEMS: readonly [string, string][] = [
  ["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["Linux", "Linux"],
];

/** What a browser calls itself, in short; anything else as it is. */
function browserOf(agent: string): string {
  const found = (signs: readonly [string, string][]) => signs.find(([sign]) => agent.includes(sign))?.[1];
  const [program, system] = [found(BROWSERS), found(SYSTEMS)];
  return program && system ? `${program}, ${system}` : agent;
}

function Row({ session, onEnd }: { session: Session; onEnd: () => Promise<void> }) {
  const w = words().sessions;
  const [busy, setBusy] = useState(false);
  const name = browserOf(session.user_agent) || w.unknown;
  const about = [session.client_address, w.lastUsed(relative(session.last_used_at)), w.ends(relative(session.expires_at))];
  const press = () => {
    setBusy(true);
    void onEnd().finally(() => setBusy(false));
  };
  return (
    <div class="me-row">
      <Icon name={session.kind === "browser" ? "globe" : "key"} />
      <div class="me-row-text">
        <span class="row">
          <strong class="me-cut" dir="auto" title={session.user_agent}>{name}</strong>
          {session.current && <Badge tone="good">{w.here}</Badge>}
          {session.kind !== "browser" && <Badge>{w.program}</Badge>}
        </span>
        <span class="soft small">{about.filter(Boolean).join(" · ")}</span>
      </div>
      {!session.current && <Button small busy={busy} onPress={press} label={`${w.end}: ${name}`}>{w.end}</Button>}
    </div>
  );
}
