/** One of many, found by typing: extensions, time zones, countries. A combobox as WAI-ARIA has it. */
import "./calling.css";
import { useId, useRef, useState } from "preact/hooks";
import { Icon, IconButton } from "../../ui";
import { callingWords } from "./words";

export interface PickOption {
  value: string;
  label: string;
}

interface Props {
  name: string;
  label: string;
  value: string;
  options: readonly PickOption[];
  onValue: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  placeholder?: string;
  disabled?: boolean;
}

const SHOWN = 60;

/** Letters without marks, so that "sao" finds "São". */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function fitting(options: readonly PickOption[], typed: string): readonly PickOption[] {
  const words = plain(typed).split(/[\s_]+/).filter((one) => one !== "");
  return words.length === 0 ? options : options.filter((one) => {
    const text = plain(`${one.label} ${one.value}`).replaceAll("_", " ");
    return words.every((word) => text.includes(word));
  });
}

export function PickField(props: Props) {
  const { options, value, error, hint } = props;
  const id = useId();
  const own = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [at, setAt] = useState(0);
  const open = typed !== undefined;
  const found = open ? fitting(options, typed) : [];
  const seen = found.slice(0, SHOWN);
  const close = () => setTyped(undefined);
  const show = () => {
    if (props.disabled === true) return;
    setTyped("");
    setAt(Math.max(0, options.slice(0, SHOWN).findIndex((one) => one.value === value)));
  };
  const take = (one: PickOption | undefined) => {
    close();
    if (one) props.onValue(one.value);
  };
  const move = (next: number) => {
    const to = Math.max(0, Math.min(seen.length - 1, next));
    setAt(to);
    document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: "nearest" });
  };
  const key = (event: KeyboardEvent) => onKey(event, { open, show, close, up: () => move(at - 1), down: () => move(at + 1), take: () => take(seen[at]) });
  const left = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node) || own.current?.contains(event.relatedTarget) !== true) close();
  };
  const now = options.find((one) => one.value === value)?.label ?? value;
  return (
    <div class="field" onFocusOut={left} ref={own}>
      <label class="field-label" for={id}>{props.label}</label>
      <div class="pick">
        <input
          id={id} class="input" name={props.name} role="combobox" aria-expanded={open} aria-controls={`${id}-list`} aria-autocomplete="list" autocomplete="off"
          aria-activedescendant={open && seen.length > 0 ? `${id}-${at}` : undefined} aria-invalid={error !== undefined} spellcheck={false}
            disabled={props.disabled}
          aria-describedby={[hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(" ") || undefined}
          value={typed ?? now} placeholder={open && now !== "" ? now : (props.placeholder ?? callingWords().choose)} onClick={() => { if (!open) show(); }}
            onKeyDown={key}
          onInput={(event) => { setTyped(event.currentTarget.value); setAt(0); }}
        />
        {props.disabled !== true && <IconButton name="expand" label={`${callingWords().pick.open}: ${props.label}`} expanded={open}
          onPress={open ? close : () => { show(); document.getElementById(id)?.focus(); }} />}
        {open && <PickList id={id} seen={seen} left={found.length - seen.length} at={at} label={props.label} onTake={take} />}
      </div>
      {hint !== undefined && <div class="field-hint" id={`${id}-hint`}>{hint}</div>}
      {error !== undefined && <div class="field-error" id={`${id}-error`}><Icon name="error" size={16} /><span>{error}</span></div>}
    </div>
  );
}

type Does = "show" | "close" | "up" | "down" | "take";

/** What the keys do: open, they walk through the list; closed, an arrow opens it. */
function onKey(event: KeyboardEvent, does: Record<Does, () => void> & { open: boolean }): void {
  if (event.key === "Tab") return does.close();
  const open: Record<string, () => void> = { ArrowDown: does.down, ArrowUp: does.up, Enter: does.take, Escape: does.close };
  const closed: Record<string, () => void> = { ArrowDown: does.show, ArrowUp: does.show };
  const act = (does.open ? open : closed)[event.key];
  if (act === undefined) return;
  act();
  event.preventDefault();
  event.stopPropagation();
}

interface ListProps {
  id: string;
  seen: readonly PickOption[];
  left: number;
  at: number;
  label: string;
  onTake: (one: PickOption) => void;
}

function PickList({ id, seen, left, at, label, onTake }: ListProps) {
  const w = callingWords();
  return (
    <div class="pick-list" onPointerDown={(event) => event.preventDefault()}>
      <ul role="listbox" id={`${id}-list`} aria-label={label}>
        {seen.map((one, index) => (
          <li key={one.value} id={`${id}-${index}`} role="option" aria-selected={index === at} class="pick-option" dir="auto"
            onClick={() => onTake(one)}>{one.label}</li>
        ))}
      </ul>
      {seen.length === 0 && <p class="pick-note soft small" role="status">{w.pick.nothing}</p>}
      {left > 0 && <p class="pick-note soft small">{w.pick.more(left)}</p>}
    </div>
  );
}
