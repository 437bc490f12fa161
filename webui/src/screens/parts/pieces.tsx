/** Buttons, signs, and the small pieces that screens are made of. */
import { useState } from "preact/hooks";
import { Unreachable } from "../../api";
import { Badge, Banner, Button, Card, CopyText, Dot, Empty, Icon, IconButton, Loaded, Menu, Pairs, PlainTable, Qr, Spinner, Stat, Steps,
  type Step } from "../../ui";
import { ICONS } from "../../ui/icon";
import { HOSTILE } from "./hostile";

const KINDS = ["primary", "plain", "danger", "quiet"] as const;

export function Buttons() {
  const [busy, setBusy] = useState(false);
  return (
    <Card title="Buttons">
      <div class="row">{KINDS.map((kind) => <Button key={kind} kind={kind}>{kind}</Button>)}</div>
      <div class="row">{KINDS.map((kind) => <Button key={kind} kind={kind} icon="add">with icon</Button>)}</div>
      <div class="row">{KINDS.map((kind) => <Button key={kind} kind={kind} busy>busy</Button>)}</div>
      <div class="row">{KINDS.map((kind) => <Button key={kind} kind={kind} disabled>disabled</Button>)}</div>
      <div class="row">{KINDS.map((kind) => <Button key={kind} kind={kind} small icon="edit">small</Button>)}</div>
      <div class="row">
        <Button href="/parts" icon="right">A link</Button>
        <Button busy={busy} onPress={() => { setBusy(true); setTimeout(() => setBusy(false), 2000); }}>Works for 2 s</Button>
        <Button>{HOSTILE.long.slice(0, 200)}</Button>
        <IconButton name="edit" label="Edit" /><IconButton name="delete" label="Delete" /><IconButton name="more" label="More" expanded={false} />
      </div>
    </Card>
  );
}

export function Signs() {
  return (
    <Card title="Banners, badges, dots">
      <Banner kind="info">A trunk is being tried; this can take a minute.</Banner>
      <Banner kind="good">The provider has answered.</Banner>
      <Banner kind="warn">The certificate ends in 12 days.</Banner>
      <Banner kind="bad">The box does not answer. <Button small kind="quiet" icon="reload">Try again</Button></Banner>
      <Banner kind="bad"><span dir="auto">{HOSTILE.long.slice(0, 1500)}</span></Banner>
      <div class="row">
        <Badge>plain</Badge><Badge tone="info">info</Badge><Badge tone="good">good</Badge><Badge tone="warn">warn</Badge><Badge tone="bad">bad</Badge>
        <Badge tone="good"><Dot tone="good" />with dot</Badge>
        <Badge><span dir="auto">{HOSTILE.rtl}</span></Badge>
      </div>
      <div class="row">
        {([undefined, "good", "warn", "bad", "info"] as const).map((tone) => <span class="row" key={tone ?? "none"}><Dot {...(tone ? { tone } : {})}
          label={tone ?? "none"} />{tone ?? "none"}</span>)}
      </div>
    </Card>
  );
}

const nothing = () => undefined;

export function States() {
  return (
    <div class="grid">
      <Card title="Nothing yet"><Empty icon="phone" title="No extension yet" action={<Button kind="primary"
        icon="add">Make the first</Button>}>Each person or telephone gets one.</Empty></Card>
      <Card title="Loading"><Loaded asked={{ data: undefined, error: undefined, loading: true, reload: nothing }}>{() => null}</Loaded>
        <div class="skeleton" /><Spinner label="Twelve of forty" /></Card>
      <Card title="Failed"><Loaded asked={{ data: undefined, error: new Unreachable(), loading: false, reload: nothing }}>{() => null}</Loaded></Card>
      <Card title="Old, and failed"><Loaded asked={{ data: "What was read before", error: new Unreachable(), loading: false, reload: nothing }}>{(text) => <p>
        {text}</p>}</Loaded></Card>
    </div>
  );
}

const STEPS: readonly Step[] = [
  { key: "a", title: "The name of the host is found", state: "good", detail: "sip.example.com → 192.0.2.20" },
  { key: "b", title: "The provider answers slowly", state: "warn", detail: "840 ms; calls may sound late." },
  { key: "c", title: "The password is refused", state: "bad", detail: "403. Ask the provider for the password of the trunk." },
  { key: "d", title: "Registering", state: "busy" },
  { key: "e", title: "A call comes in", state: "waiting" },
  { key: "f", title: "Fax", state: "skipped", detail: "Not wanted." },
];

export function Pieces() {
  return (
    <>
      <div class="grid">
        <Stat label="Calls today" value="1,204" hint="87 % answered" />
        <Stat label="Registered" value="12 / 40" href="/parts" hint="A link" />
        <Stat label="Alerts" value={<><Icon name="warn" size={26} /> 3</>} />
        <Stat label={HOSTILE.rtl} value="0" hint={HOSTILE.long.slice(0, 120)} />
      </div>
      <div class="parts-two">
        <Card title="Steps"><Steps steps={STEPS} /></Card>
        <Card title="Pairs, copy, QR" actions={<Menu label="More" items={[{ label: "Edit", icon: "edit" }, { label: "Delete", icon: "delete" },
          { label: "A link", href: "/parts", current: true }]} />}>
          <Pairs pairs={[["Host", "sip.example.com"], ["State", <Badge tone="good">reachable</Badge>], ["Name", <span dir="auto">{HOSTILE.long.slice(0, 300)}
            </span>], ["Left out", undefined]]} />
          <CopyText label="Password" text="gmx7-kq2p-9vdn-w4tz" />
          <CopyText label="Long" text={HOSTILE.long.slice(0, 200)} />
          <Qr label="A phone's setting" text="https://pabx.example/p/gmx7-kq2p-9vdn-w4tz" />
        </Card>
      </div>
      <Card title="Plain table">
        <PlainTable label="Plain table" head={["Name", "State", { title: "Calls", numeric: true }]} rows={[
          { key: "a", cells: ["Operadora Clara", <Badge tone="good">reachable</Badge>, "1,204"] },
          { key: "b", cells: [<span dir="auto">{HOSTILE.markup}</span>, <Badge tone="bad">down</Badge>, "7"] },
          { key: "c", cells: [<span dir="auto">{HOSTILE.long.slice(0, 160)}</span>, "–", "0"] },
        ]} />
      </Card>
    </>
  );
}

export function Icons() {
  return <Card title="Icons"><ul class="parts-icons">{ICONS.map((name) => <li key={name}><Icon name={name} size={24} /><code class="small">{name}</code>
    </li>)}</ul></Card>;
}
