import { useMemo, useRef, useState } from "preact/hooks";
import { CLASSES, classWord } from "../../app/calling/classes";
import { IconButton } from "../../ui";
import type { CellErrors } from "./bulk";
import { COLUMNS, emptyRow, type ColumnName, type Row } from "./pasted";
import { words } from "./words";

interface Props {
  rows: readonly Row[];
  errors: CellErrors;
  /** `touched`: the cell that was changed, where it was one. */
  onRows: (rows: readonly Row[], touched?: string) => void;
  onPaste: (text: string, row: number, column: number) => void;
}

/** A table of cells to type and paste into. Enter and the arrows go up and down, Tab goes right. */
export function Grid({ rows, errors, onRows, onPaste }: Props) {
  const w = words().bulk;
  const body = useRef<HTMLTableSectionElement>(null);
  const focus = (row: number, column: number) => {
    const cell = () => body.current?.querySelector<HTMLElement>(`[data-cell="${row}-${column}"]`);
    // At once, or what is typed fast lands in the old cell; a row that was just added is drawn a moment later.
    const there = cell();
    if (there) there.focus();
    else requestAnimationFrame(() => cell()?.focus());
  };
  const set = (row: number, name: ColumnName, value: string) => {
    onRows(rows.map((one, index) => (index === row ? { ...one, [name]: value } : one)), `${row} ${name}`);
  };
  const key = (event: KeyboardEvent, row: number, column: number) => {
    const select = event.target instanceof HTMLSelectElement;
    if (event.isComposing || (select && event.key !== "Enter")) return;
    const step = event.key === "Enter" ? (event.shiftKey ? -1 : 1) : event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    if (row + step >= rows.length) onRows([...rows, emptyRow()]);
    focus(Math.max(0, row + step), column);
  };
  const pasted = (event: ClipboardEvent, row: number, column: number) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n\r;]/.test(text.trim())) return;
    event.preventDefault();
    onPaste(text, row, column);
  };
  const seen = useSeen(body, rows.length);
  const remove = (row: number) => onRows(rows.length === 1 ? [emptyRow()] : rows.filter((_, index) => index !== row));
  const actions = useRef<Actions>({ set, key, pasted, remove });
  actions.current = { set, key, pasted, remove };
  return (
    <div class="scroll-x extensions-frame" onScroll={seen.scrolled}>
      <table class="extensions-grid" aria-label={w.label}>
        <thead><tr><th scope="col">{w.row}</th>{COLUMNS.map((name) => <th scope="col" key={name}>{w.columns[name]}</th>)}<td /></tr></thead>
        <tbody ref={body}>
          <Spacer height={seen.first * seen.height} />
          {rows.slice(seen.first, seen.last).map((row, index) => {
            const at = seen.first + index;
            return <Line key={at} row={row} at={at} actions={actions} wrong={COLUMNS.map((name) => errors.get(`${at} ${name}`) ?? "").join("\n")} />;
          })}
          <Spacer height={(rows.length - seen.last) * seen.height} />
        </tbody>
      </table>
    </div>
  );
}

/** Rows drawn at one time: more than a frame shows, so that the next one can take the focus. */
const DRAWN = 80;
const STEP = 20;

/** Which rows are drawn: there may be two thousand. */
function useSeen(body: { readonly current: HTMLElement | null }, count: number) {
  const [top, setTop] = useState(0);
  const height = body.current?.querySelector<HTMLElement>("[data-line]")?.offsetHeight ?? 41;
  const first = Math.max(0, Math.min(top - STEP, count - DRAWN));
  const scrolled = (event: Event) => {
    const frame = event.currentTarget;
    if (frame instanceof HTMLElement) setTop(Math.floor(frame.scrollTop / height / STEP) * STEP);
  };
  return { first, last: Math.min(count, first + DRAWN), height, scrolled };
}

function Spacer({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden="true"><td class="extensions-spacer" colSpan={COLUMNS.length + 2} style={{ height: `${height}px` }} /></tr> : null;
}

interface Actions {
  set: (row: number, name: ColumnName, value: string) => void;
  key: (event: KeyboardEvent, row: number, column: number) => void;
  pasted: (event: ClipboardEvent, row: number, column: number) => void;
  remove: (row: number) => void;
}

interface LineProps {
  row: Row;
  at: number;
  actions: { readonly current: Actions };
  /** What is wrong with each cell, a line each. */
  wrong: string;
}

/** A row. It is drawn anew only when it has changed. */
function Line({ row, at, actions, wrong }: LineProps) {
  const w = words().bulk;
  return useMemo(() => {
    const errors = wrong.split("\n");
    return (
      <tr data-line>
        <th scope="row">{at + 1}</th>
        {COLUMNS.map((name, column) => (
          <td key={name} onKeyDown={(event) => actions.current.key(event, at, column)} onPaste={(event) => actions.current.pasted(event, at, column)}>
            <Cell id={`${at}-${column}`} name={name} label={w.cell(w.columns[name], at + 1)} value={row[name]} error={errors[column] || undefined}
              onValue={(value) => actions.current.set(at, name, value)} />
          </td>
        ))}
        <td><IconButton name="close" label={w.removeRow(at + 1)} onPress={() => actions.current.remove(at)} /></td>
      </tr>
    );
  }, [row, at, wrong, w]);
}

interface CellProps {
  id: string;
  name: ColumnName;
  label: string;
  value: string;
  error: string | undefined;
  onValue: (value: string) => void;
}

function Cell({ id, name, label, value, error, onValue }: CellProps) {
  const own = { "data-cell": id, "aria-label": label, "aria-invalid": error !== undefined, title: error, class: "extensions-cell" };
  if (name === "calling_class" && (value === "" || CLASSES.some((one) => one === value))) {
    return (
      <select {...own} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="" />
        {CLASSES.map((one) => <option key={one} value={one}>{classWord(one)}</option>)}
      </select>
    );
  }
  return <input {...own} value={value} dir="auto" autocomplete="off" spellcheck={false} onInput={(event) => onValue(event.currentTarget.value)} />;
}
