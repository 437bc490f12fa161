/** Routes in their order, both kinds: search, moving, suspending, deleting, each with a way back. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { wordsOf, type Asked } from "../../app/ask";
import { useQuery } from "../../app/query";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Badge, Button, Empty, Icon, IconButton, Menu, toast } from "../../ui";
import { common } from "../../words/common";
import { change, type AnyRoute, type Resource } from "./api";
import { inOrder, moved, type Placed } from "./order";
import { words } from "./words";

interface Props<T extends AnyRoute, Body extends { status: AnyRoute["status"]; position: number }> {
  kind: "inbound" | "outbound";
  of: Resource<T, Body>;
  asked: Asked<T[]>;
  routes: readonly T[];
  /** What is searched in, besides the name. */
  text: (route: T) => string;
  /** What it is for, and where it goes. */
  what: (route: T) => ComponentChildren;
  where: (route: T) => ComponentChildren;
  empty: ComponentChildren;
}

/** The same button again; the other one, where it stands at the end now. */
function focusMove(id: string, by: -1 | 1): void {
  const button = (word: string) => document.querySelector<HTMLElement>(`#route-${word}-${CSS.escape(id)} button`);
  const [own, other] = by < 0 ? ["up", "down"] : ["down", "up"];
  (button(own ?? "") ?? button(other ?? ""))?.focus();
}

const say = (error: unknown) => toast(wordsOf(error));

export function RouteList<T extends AnyRoute, Body extends { status: AnyRoute["status"]; position: number }>(props: Props<T, Body>) {
  const { routes, kind, asked, of } = props;
  const query = useQuery();
  const w = words();
  const c = common();
  const q = query.get("q").toLowerCase();
  const list = inOrder(routes);
  const seen = q === "" ? list : list.filter((one) => `${one.name} ${props.text(one)}`.toLowerCase().includes(q));
  const [busy, setBusy] = useState(false);
  const write = can("routes.write");
  const place = async (changes: readonly Placed[]) => {
    for (const one of changes) await change(of, one.route_id, { position: one.position } as Partial<Body>);
  };
  const move = (route: T, by: -1 | 1) => {
    const changes = moved(routes, route.route_id, by);
    if (busy || changes.length === 0) return;
    const before = changes.map((one) => ({ route_id: one.route_id, position: routes.find((each) => each.route_id === one.route_id)?.position ?? 0 }));
    const after = new Map(changes.map((one) => [one.route_id, one.position]));
    asked.put(routes.map((one) => ({ ...one, position: after.get(one.route_id) ?? one.position })));
    setBusy(true);
    // A button that moves in the page loses the focus.
    setTimeout(() => focusMove(route.route_id, by), 50);
    place(changes).then(() => toast(w.moved(route.name), () => void place(before).catch(say).finally(asked.reload)), say)
      .finally(() => { setBusy(false); asked.reload(); });
  };
  if (routes.length === 0) return <>{props.empty}</>;
  return (
    <div class="stack">
      <p class="soft small">{w.orderHint}</p>
      {routes.length > 8 && (
        <div class="table-tools"><div class="table-search" role="search"><Icon name="search" size={18} />
          <input class="input" type="search" aria-label={`${c.actions.search}: ${w.tabs[kind]}`} placeholder={c.actions.search} value={query.get("q")}
            onInput={(event) => query.set({ q: event.currentTarget.value })} />
        </div></div>
      )}
      {seen.length === 0 ? <Empty icon="search" title={c.table.nothing} /> : (
        <ol class="routes-list" aria-label={w.tabs[kind]}>
          {seen.map((one) => {
            const index = list.indexOf(one);
            return <RouteRow key={one.route_id} {...props} route={one} write={write} first={index === 0} last={index === list.length - 1}
              onMove={(by) => move(one, by)} movable={q === ""} />;
          })}
        </ol>
      )}
    </div>
  );
}

interface RowProps<T extends AnyRoute, Body extends { status: AnyRoute["status"]; position: number }> extends Props<T, Body> {
  route: T;
  write: boolean;
  first: boolean;
  last: boolean;
  movable: boolean;
  onMove: (by: -1 | 1) => void;
}

function RouteRow<T extends AnyRoute, Body extends { status: AnyRoute["status"]; position: number }>(props: RowProps<T, Body>) {
  const { route, write, kind, onMove } = props;
  const w = words();
  const key = (event: KeyboardEvent) => {
    if (!event.altKey || !write || !props.movable || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <li class={`routes-row${route.status === "suspended" ? " routes-off" : ""}`} onKeyDown={key}>
      {write && props.movable && (
        <div class="routes-moves">
          <span id={`route-up-${route.route_id}`} class="routes-move">{!props.first && <IconButton name="up" label={w.up(route.name)}
            onPress={() => onMove(-1)} />}</span>
          <span id={`route-down-${route.route_id}`} class="routes-move">{!props.last && <IconButton name="down" label={w.down(route.name)}
            onPress={() => onMove(1)} />}</span>
        </div>
      )}
      <div class="routes-what">
        {write ? <a class="table-link" href={to("routes", `${kind}/${route.route_id}`)} dir="auto">{route.name}</a> : <strong dir="auto">{route.name}</strong>}
        {props.what(route)}
      </div>
      <div class="routes-where"><Icon name="right" size={16} />{props.where(route)}</div>
      <div class="routes-end">
        {route.status === "suspended" && <Badge tone="warn">{common().states.suspended}</Badge>}
        {write && <RouteMenu {...props} />}
      </div>
    </li>
  );
}

function RouteMenu<T extends AnyRoute, Body extends { status: AnyRoute["status"]; position: number }>({ route, kind, of, asked }: RowProps<T, Body>) {
  const w = words();
  const c = common();
  const set = (status: AnyRoute["status"]) => change(of, route.route_id, { status } as Partial<Body>).finally(asked.reload);
  const toggle = () => {
    const next = route.status === "active" ? "suspended" : "active";
    set(next).then(() => toast(next === "active" ? w.activated(route.name) : w.suspended(route.name), () => void set(route.status).catch(say)), say);
  };
  const drop = () => {
    of.drop(route.route_id).then(() => toast(w.deleted(route.name), () => void of.make(of.bodyOf(route)).catch(say).finally(asked.reload)),
      say).finally(asked.reload);
  };
  return (
    <Menu label={c.menu.of(route.name)} items={[
      { label: c.actions.edit, icon: "edit", href: to("routes", `${kind}/${route.route_id}`) },
      { label: route.status === "active" ? w.suspend : w.activate, icon: route.status === "active" ? "hangup" : "check", onPress: toggle },
      { label: c.actions.delete, icon: "delete", onPress: drop },
    ]} />
  );
}

/** Nothing there yet. */
export function NoRoutes({ kind, icon, title, text }: { kind: "inbound" | "outbound"; icon: "incoming" | "outgoing"; title: string; text: string }) {
  return <Empty icon={icon} title={title} action={can("routes.write") ? <Button kind="primary" icon="add"
    href={to("routes", `${kind}/new`)}>{words().newRoute}</Button> : undefined}>{text}</Empty>;
}
