import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { account as current, canBox } from "../../app/session";
import { Banner, Button, Card, Confirm, CopyText, Pairs, Qr, SelectField, toast } from "../../ui";
import { time } from "../../words/format";
import type { Extension } from "./one";
import { APPS, sipPort, typed, waveCode, type Account, type App } from "./provisioning";
import { words } from "./words";

/** Port of SIP over TLS (RFC 3261). */
const TLS = 5061;
const HIDDEN = "••••••••••";

/** What a phone needs to sign in. The password comes on a deliberate click only: the box records who looked. */
export function SetupCard({ account, extension }: { account: string; extension: Extension }) {
  const w = words().setup;
  const [password, setPassword] = useState<string | undefined>(undefined);
  const served = useAsk(async () => (canBox("system.read") ? dataOf(await api.GET("/system/info")).sip : []), []);
  const phone: Account = {
    domain: current.value?.domain ?? "", server: location.hostname, port: sipPort(served.data ?? []), user: extension.number,
    authUser: extension.username, password: password ?? HIDDEN, name: extension.name,
  };
  return (
    <Card title={w.title}>
      <Pairs pairs={[
        [w.domain, <code key="d">{phone.domain}</code>], [w.server, <code key="s">{phone.server}</code>], [w.port, <code key="p">{phone.port}</code>],
        [w.tlsPort, <code key="t">{TLS}</code>], [w.user, <code key="u">{phone.user}</code>], [w.auth, <code key="a">{phone.authUser}</code>],
      ]} />
      <Password account={account} extension={extension} password={password} onPassword={setPassword} />
      <AppSetup phone={phone} shown={password !== undefined} account={account} extension={extension.extension_id} />
    </Card>
  );
}

interface PasswordProps {
  account: string;
  extension: Extension;
  password: string | undefined;
  onPassword: (password: string) => void;
}

function Password({ account, extension, password, onPassword }: PasswordProps) {
  const w = words().setup;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const params = { path: { account_id: account, extension_id: extension.extension_id } };
  const show = () => {
    setBusy(true);
    setProblem(undefined);
    api.GET("/accounts/{account_id}/extensions/{extension_id}/password", { params })
      .then((answer) => onPassword(dataOf(answer).password), setProblem).finally(() => setBusy(false));
  };
  const renew = async () => {
    onPassword(dataOf(await api.POST("/accounts/{account_id}/extensions/{extension_id}/password", { params })).password);
    toast(w.renewed);
  };
  return (
    <div class="stack-small">
      {password !== undefined && <CopyText text={password} label={w.password} />}
      <div class="row">
        {password === undefined && <Button icon="eye" busy={busy} onPress={show}>{w.show}</Button>}
        <Button kind="quiet" icon="key" onPress={() => setAsking(true)}>{w.renew}</Button>
      </div>
      {password === undefined && <span class="soft small">{w.showHint}</span>}
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      {asking && <Confirm title={w.renewTitle} action={w.renew} onConfirm={renew} onClose={() => setAsking(false)}>{w.renewText}</Confirm>}
    </div>
  );
}

/** How one app is told: by a code where it reads one without another server, else by what is typed. */
function AppSetup({ phone, shown, account, extension }: { phone: Account; shown: boolean; account: string; extension: string }) {
  const w = words();
  const [app, setApp] = useState<App>("wave");
  const { name, how } = w.apps[app];
  const choose = (value: string) => setApp(APPS.find((one) => one === value) ?? "other");
  return (
    <div class="stack">
      <SelectField name="app" label={w.setup.app} value={app} onValue={choose} options={APPS.map((value) => ({ value, label: w.apps[value].name }))} />
      <p class="soft">{how}</p>
      {app === "wave" && (shown
        ? <figure class="stack-small"><figcaption>{w.setup.scan}</figcaption><Qr text={waveCode(phone)} label={w.setup.code(name)} /></figure>
        : <p class="soft small">{w.setup.hidden}</p>)}
      {app === "linphone" && <LinkCode phone={phone} account={account} extension={extension} name={name} />}
      {app === "zoiper" && <p class="soft small">{w.setup.noCode(name)}</p>}
      {app !== "wave" && <TypedList app={app} phone={phone} shown={shown} />}
    </div>
  );
}

/**
 * A code that leads to a file of the box, for a few minutes: it is made on a deliberate click, and that is recorded. An app that
 * trusts the box's certificate enough to fetch the file also speaks SIP over TLS with it.
 */
function LinkCode({ phone, account, extension, name }: { phone: Account; account: string; extension: string; name: string }) {
  const w = words().setup;
  const [link, setLink] = useState<{ path: string; expires_at: string } | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const make = () => {
    setBusy(true);
    setProblem(undefined);
    const params = { path: { account_id: account, extension_id: extension } };
    api.POST("/accounts/{account_id}/extensions/{extension_id}/provisioning", { params, body: { server: phone.server, port: TLS, transport: "tls" } })
      .then((answer) => setLink(dataOf(answer)), setProblem).finally(() => setBusy(false));
  };
  return (
    <div class="stack-small">
      {link && (
        <figure class="stack-small">
          <figcaption>{w.linkUntil(time(link.expires_at))}</figcaption>
          <Qr text={`${location.origin}${link.path}`} label={w.code(name)} />
        </figure>
      )}
      <div class="row"><Button icon="key" busy={busy} onPress={make}>{link ? w.linkAgain : w.link}</Button></div>
      <p class="soft small">{w.linkHint}</p>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
    </div>
  );
}

function TypedList({ app, phone, shown }: { app: App; phone: Account; shown: boolean }) {
  const w = words().apps;
  return (
    <dl class="extensions-typed">
      {typed(app, phone).map(([field, value]) => [
        <dt key={field}>{w[field]}</dt>,
        <dd key={`${field}=`}>{field === "password" && !shown ? <code>{value}</code> : <CopyText text={value} label={w[field]} />}</dd>,
      ])}
    </dl>
  );
}
