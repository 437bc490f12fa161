import "./field.css";
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { common } from "../words/common";
import { IconButton } from "./button";
import { Icon } from "./icon";

/** What every field has. `name` is the API's name of it: errors come under it. */
export interface FieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  required?: boolean;
  disabled?: boolean;
}

interface FrameProps extends FieldProps {
  id: string;
  children: ComponentChildren;
}

function Frame({ id, label, hint, error, required, children }: FrameProps) {
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
        {required === false && <span class="soft small"> ({common().states.optional})</span>}
      </label>
      {children}
      {hint !== undefined && <div class="field-hint" id={`${id}-hint`}>{hint}</div>}
      <FieldError id={id} error={error} />
    </div>
  );
}

function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (error === undefined) return null;
  return <div class="field-error" id={`${id}-error`}><Icon name="error" size={16} /><span>{error}</span></div>;
}

function described(id: string, { hint, error }: FieldProps): string | undefined {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

export interface TextProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "tel" | "url" | "search" | "date" | "time" | "datetime-local" | "number";
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "tel" | "decimal" | "email" | "url";
  placeholder?: string;
  maxLength?: number;
  min?: number;
  max?: number;
  autoFocus?: boolean;
  readOnly?: boolean;
  mono?: boolean;
  list?: readonly string[];
}

/** One line of text; also numbers, dates and times, which stay text until the form is sent. */
export function TextField(props: TextProps) {
  const id = useId();
  const { value, onValue, type = "text", list } = props;
  return (
    <Frame {...props} id={id}>
      <input
        id={id} class={`input${props.mono ? " mono" : ""}`} name={props.name} type={type} value={value} required={props.required} disabled={props.disabled}
        readOnly={props.readOnly} autocomplete={props.autocomplete ?? "off"} inputMode={props.inputMode} placeholder={props.placeholder} maxLength={props.maxLength}
        min={props.min} max={props.max} autoFocus={props.autoFocus} spellcheck={false} aria-invalid={props.error !== undefined} aria-describedby={described(id, props)}
        list={list ? `${id}-list` : undefined} onInput={(event) => onValue(event.currentTarget.value)}
      />
      {list && <datalist id={`${id}-list`}>{list.map((one) => <option key={one} value={one} />)}</datalist>}
    </Frame>
  );
}

/** A password; it can be looked at while it is typed, so nobody has to type it twice. */
export function PasswordField(props: TextProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const w = common();
  return (
    <Frame {...props} id={id}>
      <div class="input-with-button">
        <input
          id={id} class="input" name={props.name} type={shown ? "text" : "password"} value={props.value} required={props.required} disabled={props.disabled}
          autocomplete={props.autocomplete ?? "new-password"} spellcheck={false} autoFocus={props.autoFocus} maxLength={props.maxLength} placeholder={props.placeholder}
          aria-invalid={props.error !== undefined} aria-describedby={described(id, props)} onInput={(event) => props.onValue(event.currentTarget.value)}
        />
        <IconButton name={shown ? "eyeOff" : "eye"} label={shown ? w.actions.hide : w.actions.show} onPress={() => setShown(!shown)} />
      </div>
    </Frame>
  );
}

export interface Option {
  value: string;
  label: string;
}

export interface SelectProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  options: readonly Option[];
}

/** One of a few. */
export function SelectField(props: SelectProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <select
        id={id} class="input" name={props.name} value={props.value} disabled={props.disabled} aria-invalid={props.error !== undefined}
        aria-describedby={described(id, props)} onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((one) => <option key={one.value} value={one.value} selected={one.value === props.value}>{one.label}</option>)}
      </select>
    </Frame>
  );
}

interface AreaProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  rows?: number;
  mono?: boolean;
  placeholder?: string;
  readOnly?: boolean;
}

/** Several lines. */
export function AreaField(props: AreaProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <textarea
        id={id} class={`input${props.mono ? " mono" : ""}`} name={props.name} rows={props.rows ?? 4} value={props.value} disabled={props.disabled} readOnly={props.readOnly}
        placeholder={props.placeholder} spellcheck={false} aria-invalid={props.error !== undefined} aria-describedby={described(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

interface CheckProps extends FieldProps {
  checked: boolean;
  onChecked: (checked: boolean) => void;
}

/** On or off. */
export function CheckField(props: CheckProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-check">
        <input
          id={id} type="checkbox" name={props.name} checked={props.checked} disabled={props.disabled} aria-describedby={described(id, props)}
          onChange={(event) => props.onChecked(event.currentTarget.checked)}
        />
        <span>{props.label}</span>
      </label>
      {props.hint !== undefined && <div class="field-hint" id={`${id}-hint`}>{props.hint}</div>}
      <FieldError id={id} error={props.error} />
    </div>
  );
}

interface ChoiceProps extends Omit<SelectProps, "options"> {
  options: readonly (Option & { hint?: string })[];
}

/** One of a few that need a word of explanation each: radio buttons. */
export function ChoiceField(props: ChoiceProps) {
  const id = useId();
  return (
    <fieldset class="field" aria-describedby={described(id, props)}>
      <legend class="field-label">{props.label}</legend>
      <div class="choices">
        {props.options.map((one) => (
          <label class="field-check" key={one.value}>
            <input
              type="radio" name={`${props.name}-${id}`} value={one.value} checked={one.value === props.value} disabled={props.disabled}
              onChange={(event) => { if (event.currentTarget.checked) props.onValue(one.value); }}
            />
            <span>{one.label}{one.hint && <span class="field-hint"><br />{one.hint}</span>}</span>
          </label>
        ))}
      </div>
      {props.hint !== undefined && <div class="field-hint" id={`${id}-hint`}>{props.hint}</div>}
      <FieldError id={id} error={props.error} />
    </fieldset>
  );
}

export type InputEvent = JSX.TargetedEvent<HTMLInputElement>;
