/** Calls that come in: the list, and one route. */
import { useLocation } from "preact-iso";
import type { Read } from "../../api";
import { useAsk } from "../../app/ask";
import { DestinationField, DestinationText, destinationError } from "../../app/calling/destination";
import { nameIn, useNames, type Destination, type Names } from "../../app/calling/names";
import { to } from "../../app/places";
import { accountId } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Card, CheckField, Form, Loaded, SelectField, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { phone } from "../../words/format";
import { inbound, type Inbound, type InboundBody } from "./api";
import { checkRoute } from "./check";
import { behindLast } from "./order";
import { PatternField } from "./pattern_field";
import { NoRoutes, RouteList } from "./route_list";
import { words } from "./words";

export function InboundList() {
  const names = useNames();
  const asked = useAsk(inbound.all, [accountId.value]);
  const w = words();
  return (
    <Loaded asked={names}>{(known) => (
      <Loaded asked={asked}>{(routes) => (
        <RouteList kind="inbound" of={inbound} asked={asked} routes={routes} text={(one) => `${one.did_pattern} ${phone(one.did_pattern)}`}
          what={(one) => <What route={one} names={known} />} where={(one) => <DestinationText to={one.destination} names={known} />}
          empty={<NoRoutes kind="inbound" icon="incoming" title={w.inbound.none} text={w.inbound.noneHint} />} />
      )}</Loaded>
    )}</Loaded>
  );
}

function What({ route, names }: { route: Inbound; names: Names }) {
  const w = words().inbound;
  const from = route.trunk_id ? w.by(nameIn(names.trunks, route.trunk_id) ?? "?") : undefined;
  return (
    <span class="routes-detail">
      <code>{phone(route.did_pattern)}</code>
      {from !== undefined && <span dir="auto">{from}</span>}
      {route.caller_pattern && <span>{w.from(route.caller_pattern)}</span>}
    </span>
  );
}

export interface Values {
  name: string;
  did_pattern: string;
  trunk_id: string;
  caller_pattern: string;
  destination: Destination | null;
  active: boolean;
}

function valuesOf(route: InboundBody): Values {
  const { name, did_pattern, trunk_id, caller_pattern, destination = null, status } = route;
  return { name, did_pattern, trunk_id: trunk_id ?? "", caller_pattern: caller_pattern ?? "", destination, active: status === "active" };
}

function bodyOf(values: Values, position: number): InboundBody {
  const { name, did_pattern, trunk_id, caller_pattern, destination, active } = values;
  const status = active ? "active" : "suspended";
  return { name: name.trim(), position, did_pattern, trunk_id: trunk_id || null, caller_pattern: caller_pattern || null, destination, status };
}

const EMPTY: InboundBody = { name: "", position: 0, did_pattern: "", destination: { kind: "extension", extension_id: "" }, status: "active" };

/** A new one, where `id` is `new`. */
export function InboundEditor({ id }: { id: string }) {
  const names = useNames();
  const asked = useAsk<Read<InboundBody>>(async () => {
    if (id === "new") return { data: { ...EMPTY, position: behindLast(await inbound.all()) }, tag: "" };
    return inbound.read(id);
  }, [id]);
  return <Loaded asked={names}>{(known) => <Loaded asked={asked}>{(read) => <Editor key={id} id={id} read={read} names={known} />}</Loaded>}</Loaded>;
}

function check({ name, did_pattern, caller_pattern, destination }: Values): Record<string, string> {
  const wrong = destinationError(destination);
  const patterns = { did_pattern, ...(caller_pattern === "" ? {} : { caller_pattern }) };
  return { ...checkRoute(name, patterns), ...(wrong === undefined ? {} : { destination: wrong }) };
}

function told(body: InboundBody, names: Names): Told {
  const w = words();
  const { name, did_pattern, trunk_id, caller_pattern, destination, active } = valuesOf(body);
  return [[w.name, name], [w.inbound.did, did_pattern], [w.inbound.to, destination], [w.inbound.caller, caller_pattern], [w.active, active],
    [w.inbound.trunk, trunk_id === "" ? w.inbound.anyTrunk : nameIn(names.trunks, trunk_id)]];
}

function Editor({ id, read, names }: { id: string; read: Read<InboundBody>; names: Names }) {
  const { route } = useLocation();
  const kept = useKept<InboundBody>(read, () => inbound.read(id), (data) => told(data, names));
  const w = words();
  const form = useForm(valuesOf(read.data), async (values) => {
    if (id === "new") await inbound.make(bodyOf(values, read.data.position));
    else if (!(await kept.send(({ data, tag }) => inbound.put(id, bodyOf(values, data.position), tag)))) return;
    toast(common().states.saved);
    route(to("routes", "inbound"));
  }, check);
  return (
    <Card>
      <Form form={form} onCancel={() => route(to("routes", "inbound"))}>
        <TextField {...form.text("name")} label={w.name} hint={w.inbound.nameHint} maxLength={64} autoFocus={id === "new"} />
        <PatternField {...form.text("did_pattern")} label={w.inbound.did} hint={w.inbound.didHint} />
        <DestinationField name="destination" label={w.inbound.to} value={form.values.destination} onValue={(destination) => form.set({ destination })}
          names={names} error={form.errors["destination"]} />
        <Narrow form={form} names={names} />
        <CheckField {...form.check("active", "status")} label={w.active} hint={w.activeHint} />
        <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data))} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}

/** What only some need. */
function Narrow({ form, names }: { form: ReturnType<typeof useForm<Values>>; names: Names }) {
  const w = words().inbound;
  const { trunk_id, caller_pattern } = form.values;
  return (
    <details class="routes-more" open={trunk_id !== "" || caller_pattern !== ""}>
      <summary>{w.narrow}</summary>
      <div class="stack">
        <SelectField {...form.text("trunk_id")} label={w.trunk}
          options={[{ value: "", label: w.anyTrunk }, ...names.trunks.map((one) => ({ value: one.id, label: one.label }))]} />
        <PatternField {...form.text("caller_pattern")} label={w.caller} hint={w.callerHint} required={false} tried={false} />
      </div>
    </details>
  );
}
