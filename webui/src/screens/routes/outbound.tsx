/** Calls that go out: the list, and one route. */
import { useLocation } from "preact-iso";
import type { Read } from "../../api";
import { useAsk } from "../../app/ask";
import { nameIn, useNames, type Names } from "../../app/calling/names";
import { to } from "../../app/places";
import { accountId, can } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Banner, Button, Card, CheckField, ChoiceField, Form, Icon, Loaded, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { phone } from "../../words/format";
import { outbound, type Outbound, type OutboundBody } from "./api";
import { checkRoute } from "./check";
import { behindLast } from "./order";
import { example, sent, signs } from "./pattern";
import { PatternField } from "./pattern_field";
import { NoRoutes, RouteList } from "./route_list";
import { TrunksField } from "./trunks_field";
import { words } from "./words";

const ORDERS = ["listed", "least_cost", "least_used"] as const;

export function OutboundList() {
  const names = useNames();
  const asked = useAsk(outbound.all, [accountId.value]);
  const w = words();
  return (
    <Loaded asked={names}>{(known) => (
      <Loaded asked={asked}>{(routes) => (
        <RouteList kind="outbound" of={outbound} asked={asked} routes={routes} text={(one) => one.pattern} what={(one) => <What route={one} />}
          where={(one) => <Ways route={one} names={known} />}
          empty={<NoRoutes kind="outbound" icon="outgoing" title={w.outbound.none} text={w.outbound.noneHint} />} />
      )}</Loaded>
    )}</Loaded>
  );
}

function What({ route }: { route: Outbound }) {
  const known = signs(route.pattern);
  const number = known ? example(known) : "";
  const changed = sent(number, route.strip, route.prefix);
  return (
    <span class="routes-detail">
      <code>{route.pattern}</code>
      {changed !== number && <span>{words().outbound.sends(phone(number), changed)}</span>}
    </span>
  );
}

function Ways({ route, names }: { route: Outbound; names: Names }) {
  const w = words().outbound;
  if (route.trunks.length === 0) return <span class="destination destination-bad"><Icon name="warn" size={18} /><span>{w.noTrunk}</span></span>;
  const order = ORDERS.find((one) => one === route.trunk_order && one !== "listed");
  const text = route.trunks.map((id) => nameIn(names.trunks, id) ?? "?").join(", ");
  return (
    <span class="destination">
      <Icon name="trunks" size={18} />
      <span dir="auto" title={text}>{text}{order !== undefined && route.trunks.length > 1 && <span class="soft"> · {w.orders[order]}</span>}</span>
    </span>
  );
}

export interface Values {
  name: string;
  pattern: string;
  strip: string;
  prefix: string;
  trunks: string[];
  trunk_order: string;
  failover_after_ringing: boolean;
  active: boolean;
}

function valuesOf(body: OutboundBody): Values {
  const { name, pattern, strip, prefix, trunks, trunk_order, failover_after_ringing = false, status } = body;
  return { name, pattern, strip: String(strip), prefix, trunks, trunk_order: trunk_order ?? "listed", failover_after_ringing, active: status === "active" };
}

function bodyOf(values: Values, position: number): OutboundBody {
  const { active, strip, name, prefix, ...rest } = values;
  return { ...rest, name: name.trim(), prefix: prefix.trim(), strip: Number(strip || "0"), position, status: active ? "active" : "suspended" };
}

const EMPTY: OutboundBody = { name: "", position: 0, pattern: "", strip: 0, prefix: "", trunks: [], trunk_order: "listed", failover_after_ringing: false,
  status: "active" };

/** A new one, where `id` is `new`; the only trunk there is is in it. */
export function OutboundEditor({ id }: { id: string }) {
  const names = useNames();
  const asked = useAsk<Read<OutboundBody>>(async () => {
    if (id === "new") return { data: { ...EMPTY, position: behindLast(await outbound.all()) }, tag: "" };
    return outbound.read(id);
  }, [id]);
  const begun = (read: Read<OutboundBody>, known: Names) => {
    const [only] = known.trunks;
    return id === "new" && only && known.trunks.length === 1 ? { ...read, data: { ...read.data, trunks: [only.id] } } : read;
  };
  return <Loaded asked={names}>{(known) => <Loaded asked={asked}>{(read) => <Editor key={id} id={id} read={begun(read, known)}
    names={known} />}</Loaded>}</Loaded>;
}

function check(values: Values): Record<string, string> {
  const strip = /^\d{0,2}$/.test(values.strip) && Number(values.strip) <= 32 ? {} : { strip: words().outbound.stripWrong };
  return { ...checkRoute(values.name, { pattern: values.pattern }), ...strip };
}

function told(body: OutboundBody, names: Names): Told {
  const w = words();
  const { name, pattern, strip, prefix, trunks, trunk_order, failover_after_ringing, active } = valuesOf(body);
  const o = w.outbound;
  return [[w.name, name], [o.pattern, pattern], [o.strip, strip], [o.prefix, prefix], [w.active, active], [o.failover, failover_after_ringing],
    [o.trunks, trunks.map((one) => nameIn(names.trunks, one) ?? "?").join(", ")], [o.order, o.orders[trunk_order as keyof typeof o.orders]]];
}

function Editor({ id, read, names }: { id: string; read: Read<OutboundBody>; names: Names }) {
  const { route } = useLocation();
  const kept = useKept<OutboundBody>(read, () => outbound.read(id), (data) => told(data, names));
  const w = words();
  const form = useForm(valuesOf(read.data), async (values) => {
    if (id === "new") await outbound.make(bodyOf(values, read.data.position));
    else if (!(await kept.send(({ data, tag }) => outbound.put(id, bodyOf(values, data.position), tag)))) return;
    toast(common().states.saved);
    route(to("routes", "outbound"));
  }, check);
  const { values } = form;
  return (
    <Card>
      <Form form={form} onCancel={() => route(to("routes", "outbound"))}>
        <TextField {...form.text("name")} label={w.name} hint={w.outbound.nameHint} maxLength={64} autoFocus={id === "new"} />
        <PatternField {...form.text("pattern")} label={w.outbound.pattern} hint={w.outbound.patternHint} />
        <div class="form-pair">
          <TextField {...form.text("strip")} label={w.outbound.strip} type="number" inputMode="numeric" min={0} max={32} hint={w.outbound.stripHint} />
          <TextField {...form.text("prefix")} label={w.outbound.prefix} type="tel" maxLength={64} hint={w.outbound.prefixHint} />
        </div>
        <Sent values={values} />
        {names.trunks.length === 0 && (
          <Banner kind="info">{w.outbound.trunksFirst} {can("trunks.write") && <Button small kind="quiet"
            href={to("trunks")}>{common().places.trunks}</Button>}</Banner>
        )}
        <TrunksField value={values.trunks} names={names.trunks} error={form.errors["trunks"]} onValue={(trunks) => form.set({ trunks })} />
        {values.trunks.length > 1 && (
          <>
            <ChoiceField {...form.text("trunk_order")} label={w.outbound.order}
              options={ORDERS.map((one) => ({ value: one, label: w.outbound.orders[one], hint: w.outbound.orderHints[one] }))} />
            <CheckField {...form.check("failover_after_ringing")} label={w.outbound.failover} hint={w.outbound.failoverHint} />
          </>
        )}
        <CheckField {...form.check("active", "status")} label={w.active} hint={w.activeHint} />
        <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data))} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}

/** What becomes of a number, while it is typed. */
function Sent({ values }: { values: Values }) {
  const w = words().outbound;
  const known = signs(values.pattern);
  if (known === undefined) return null;
  const number = example(known);
  const out = sent(number, Number(values.strip) || 0, values.prefix.trim());
  return (
    <div class="routes-sent" role="status">
      <span class="soft small">{w.live}</span>
      <span class="row">
        <code>{number}</code><Icon name="right" size={16} />
        {out === "" ? <strong class="routes-bad">{w.nothingLeft}</strong> : <code>{out}</code>}
      </span>
      {out === number && <span class="soft small">{w.unchanged}</span>}
    </div>
  );
}
