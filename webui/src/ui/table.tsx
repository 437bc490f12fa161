import "./table.css";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useQuery } from "../app/query";
import { wordsOf } from "../app/ask";
import { common } from "../words/common";
import { Banner, Empty } from "./banner";
import { Button, Spinner } from "./button";
import { Icon } from "./icon";

export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ComponentChildren;
  /** The API's word for sorting by it. */
  sort?: string;
  /** CSS width in a wide table; columns without share what is left. */
  width?: string;
  numeric?: boolean;
  /** In wide windows only: what one does without before names are cut. */
  wide?: true;
  /** Where it stands on a phone; left out: not at all. One `title`, one `detail`, one `aside`. */
  phone?: "title" | "detail" | "aside";
}

/** What is asked for: the words of the API's lists. */
export interface Query {
  q?: string;
  sort?: string;
  order?: "asc" | "desc";
  cursor?: string;
  limit: number;
}

export interface PageOf<T> {
  items: T[];
  next_cursor?: string | null;
}

interface Props<T> {
  /** What the list is of; read aloud. */
  label: string;
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  fetchPage: (query: Query) => Promise<PageOf<T>>;
  /** Asked anew when one of these changes: filters, the account, a counter of changes. */
  keys: readonly unknown[];
  /** Shown where nothing is there at all: what to do next. */
  empty: VNode;
  search?: boolean;
  sort?: { by: string; order: "asc" | "desc" };
  /** Filters, beside the search. */
  filters?: ComponentChildren;
  /** Whether a filter is set: nothing found is not nothing there then. */
  filtered?: boolean;
  actions?: ComponentChildren;
  /** Where rows can be chosen, to do the same to several. */
  selection?: Selection<T>;
}

/** Which rows are chosen; they stay so while others are looked at. */
export interface Selection<T> {
  rows: ReadonlyMap<string, T>;
  onRows: (rows: ReadonlyMap<string, T>) => void;
  /** What a row is called, read aloud at its box. */
  name: (row: T) => string;
}

const PAGE = 100;
const AHEAD = 12;
const ROWS = [48, 64] as const;
const PHONE = "(max-width: 639px)";

/**
 * A list of any length: it comes page by page, and only the rows that are seen are drawn. What is searched for and sorted by
 * stands in the address (`q`, `sort`, `order`).
 */
export function DataList<T>(props: Props<T>) {
  const query = useQuery();
  const w = common();
  const [q, sort] = [query.get("q"), query.get("sort") || props.sort?.by || ""];
  const order = query.get("order") === "desc" ? "desc" : query.get("order") === "asc" ? "asc" : (props.sort?.order ?? "asc");
  const pages = usePages(props, { q, sort, order });
  const nothing = pages.rows.length === 0 && pages.end;
  const isEmpty = nothing && q === "" && props.filtered !== true;
  return (
    <div class="stack">
      {(props.search !== false || props.filters !== undefined || props.actions !== undefined) && (!isEmpty || props.filters !== undefined) && (
        <div class="table-tools">
          {props.search !== false && <Search label={props.label} value={q} onValue={(value) => query.set({ q: value })} />}
          {props.filters}
          {props.actions}
        </div>
      )}
      {pages.error !== undefined && (
        <Banner kind="bad">{wordsOf(pages.error)} <Button small kind="quiet" icon="reload" onPress={pages.more}>{w.actions.retry}</Button></Banner>
      )}
      {isEmpty ? props.empty : nothing ? <Empty icon="search" title={w.table.nothing}>{q !== "" && w.table.nothingFor(q)}</Empty> : (
        <Rows {...props} rows={pages.rows} sortBy={sort} order={order} more={pages.end ? undefined : pages.more} loading={pages.loading}
          onSort={(by) => query.set({ sort: by, order: by === sort && order === "asc" ? "desc" : "asc" })} />
      )}
    </div>
  );
}

function Search({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const w = common();
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onValue(text);
    }, 250);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="table-search" role="search">
      <Icon name="search" size={18} />
      <input class="input" type="search" aria-label={`${w.actions.search}: ${label}`} placeholder={w.actions.search} value={text} maxLength={200} onInput={(event) => setText(event.currentTarget.value)} />
    </div>
  );
}

interface Pages<T> {
  rows: readonly T[];
  end: boolean;
  loading: boolean;
  error: unknown;
  more: () => void;
}

function usePages<T>({ fetchPage, keys }: Props<T>, asked: { q: string; sort: string; order: "asc" | "desc" }): Pages<T> {
  const [state, setState] = useState<{ rows: readonly T[]; cursor: string | undefined; end: boolean; loading: boolean; error: unknown }>(
    { rows: [], cursor: undefined, end: false, loading: true, error: undefined },
  );
  const turn = useRef(0);
  const busy = useRef(false);
  const read = (cursor: string | undefined, before: readonly T[]) => {
    const own = turn.current;
    busy.current = true;
    setState((old) => ({ ...old, loading: true, error: undefined }));
    const words: Query = { limit: PAGE };
    if (asked.q !== "") words.q = asked.q;
    if (asked.sort !== "") Object.assign(words, { sort: asked.sort, order: asked.order });
    if (cursor !== undefined) words.cursor = cursor;
    fetchPage(words).then(
      (page) => {
        if (own !== turn.current) return;
        busy.current = false;
        const next = page.next_cursor ?? undefined;
        const rows = [...before, ...page.items];
        setState({ rows, cursor: next, end: next === undefined, loading: false, error: undefined });
        // A page of filtered calls may hold nothing and still not be the last.
        if (page.items.length === 0 && next !== undefined) read(next, rows);
      },
      (error: unknown) => {
        if (own !== turn.current) return;
        busy.current = false;
        setState((old) => ({ ...old, loading: false, error }));
      },
    );
  };
  useEffect(() => {
    turn.current++;
    read(undefined, []);
    return () => {
      turn.current++;
    };
  }, [asked.q, asked.sort, asked.order, ...keys]);
  const more = () => {
    if (!busy.current) read(state.cursor, state.rows);
  };
  return { rows: state.rows, end: state.end, loading: state.loading, error: state.error, more };
}

interface RowsProps<T> extends Props<T> {
  rows: readonly T[];
  sortBy: string;
  order: "asc" | "desc";
  onSort: (by: string) => void;
  more: (() => void) | undefined;
  loading: boolean;
}

/** How narrow a table of these columns may be, in px, before it is scrolled: columns without a width would vanish. */
function least<T>(columns: readonly Column<T>[], selection: boolean): number {
  return columns.reduce((sum, one) => sum + (one.width === undefined ? 130 : Number.parseFloat(one.width)), selection ? PICK : 0);
}

function classOf<T>(column: Column<T>): string | undefined {
  const classes = [column.numeric && "cell-number", column.wide && "cell-wide", column.phone && `cell-${column.phone}`].filter(Boolean);
  return classes.length > 0 ? classes.join(" ") : undefined;
}

function Rows<T>(props: RowsProps<T>) {
  const { rows, columns, rowKey, more, loading, sortBy, order, selection } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const w = common();
  const { first, last, height } = useWindow(body, rows.length);
  useEffect(() => {
    if (more && !loading && last + AHEAD >= rows.length) more();
  }, [last, rows.length, loading, more === undefined]);
  // One cell: one that spans more columns than a narrow window shows would make new ones.
  const spacer = (count: number, key: string) => count > 0 && (
    <tr class="table-spacer" aria-hidden="true" key={key}><td style={{ height: `${count * height}px` }} /></tr>
  );
  return (
    <div class="table-frame">
      <table class={`table table-list${selection ? " table-picks" : ""}`} style={{ "--least": `${least(columns, selection !== undefined)}px`, "--least-narrow": `${least(columns.filter((one) => !one.wide), selection !== undefined)}px` }} aria-label={props.label} aria-rowcount={more ? -1 : rows.length + 1}>
        <thead>
          <tr>
            {selection && <th scope="col" class="cell-pick"><PickAll rows={rows} rowKey={rowKey} selection={selection} /></th>}
            {columns.map((one) => (
              <th key={one.key} scope="col" class={classOf(one)} style={one.width ? { width: one.width } : undefined}
                aria-sort={one.sort !== undefined && one.sort === sortBy ? (order === "asc" ? "ascending" : "descending") : undefined}>
                {one.sort === undefined ? one.title : (
                  <button type="button" class="table-sort" title={w.table.sortBy(one.title)} onClick={() => props.onSort(one.sort ?? "")}>
                    {one.title}{one.sort === sortBy && <Icon name={order === "asc" ? "up" : "down"} size={14} />}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {spacer(first, "before")}
          {rows.slice(first, last).map((row, index) => (
            <tr class="table-row" key={rowKey(row)} aria-rowindex={first + index + 2}>
              {selection && <td class="cell-pick"><Pick row={row} own={rowKey(row)} selection={selection} /></td>}
              {columns.map((one) => <td key={one.key} class={classOf(one)}>{one.cell(row)}</td>)}
            </tr>
          ))}
          {spacer(rows.length - last, "after")}
        </tbody>
      </table>
      <div class="table-foot">{loading ? <Spinner label={w.states.loading} /> : <span>{more ? w.table.rowsSoFar(rows.length) : w.table.rows(rows.length)}</span>}</div>
    </div>
  );
}

/** How wide the column of boxes is, in px. */
const PICK = 44;

interface PickProps<T> {
  row: T;
  own: string;
  selection: Selection<T>;
}

function Pick<T>({ row, own, selection: { rows, onRows, name } }: PickProps<T>) {
  const turn = (on: boolean) => {
    const next = new Map(rows);
    if (on) next.set(own, row);
    else next.delete(own);
    onRows(next);
  };
  return (
    <label class="table-pick">
      <input type="checkbox" aria-label={common().table.pick(name(row))} checked={rows.has(own)} onChange={(event) => turn(event.currentTarget.checked)} />
    </label>
  );
}

/** All that have come so far, or none. */
function PickAll<T>({ rows, rowKey, selection }: { rows: readonly T[]; rowKey: (row: T) => string; selection: Selection<T> }) {
  const box = useRef<HTMLInputElement>(null);
  const picked = rows.filter((row) => selection.rows.has(rowKey(row))).length;
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = picked > 0 && picked < rows.length;
  }, [picked, rows.length]);
  const turn = (on: boolean) => selection.onRows(new Map(on ? rows.map((row) => [rowKey(row), row]) : []));
  return (
    <label class="table-pick">
      <input ref={box} type="checkbox" aria-label={common().table.pickAll(rows.length)} checked={rows.length > 0 && picked === rows.length}
        onChange={(event) => turn(event.currentTarget.checked)} />
    </label>
  );
}

/** Which rows are seen, with a few around them; `heights` of a row in a wide window and on a phone, in px. */
export function useWindow(body: { readonly current: HTMLElement | null }, count: number, heights: readonly [number, number] = ROWS): { first: number; last: number; height: number } {
  const [range, setRange] = useState({ first: 0, last: Math.min(count, 40), height: heights[0] });
  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const own = body.current;
      if (!own) return;
      const height = heights[matchMedia(PHONE).matches ? 1 : 0];
      const top = own.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(-top / height) - AHEAD);
      const last = Math.min(count, Math.ceil((innerHeight - top) / height) + AHEAD);
      setRange((old) => (old.first === first && old.last === last && old.height === height ? old : { first, last: Math.max(first, last), height }));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
    };
  }, [count, heights]);
  return { ...range, first: Math.min(range.first, count), last: Math.min(Math.max(range.last, Math.min(count, 1)), count) };
}

/** A small table of what is known whole. */
export function PlainTable({ label, head, rows }: { label: string; head: readonly (string | { title: string; numeric: true })[]; rows: readonly { key: string; cells: readonly ComponentChildren[] }[] }) {
  const numeric = head.map((one) => typeof one !== "string");
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table class="table-plain">
        <thead><tr>{head.map((one) => <th scope="col" key={typeof one === "string" ? one : one.title} class={typeof one === "string" ? undefined : "cell-number"}>{typeof one === "string" ? one : one.title}</th>)}</tr></thead>
        <tbody>{rows.map((row) => <tr key={row.key}>{row.cells.map((cell, index) => <td key={index} class={numeric[index] ? "cell-number" : undefined}>{cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
