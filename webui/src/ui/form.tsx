import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import { wordsOf } from "../app/ask";
import { common } from "../words/common";
import { Banner } from "./banner";
import { Button } from "./button";

/** What a form holds and how it stands. Nothing that was typed is lost by an error. */
export interface FormState<T> {
  readonly values: T;
  readonly busy: boolean;
  readonly problem: unknown;
  /** What is wrong with each field, by the API's names. */
  readonly errors: Readonly<Record<string, string>>;
  set(change: Partial<T>): void;
  /** Begins anew with these values. */
  reset(values: T): void;
  /** For a text field: its name, value, error, and what is to be done with what is typed. */
  text<K extends keyof T & string>(name: K, field?: string): { name: string; value: string; error: string | undefined; onValue: (value: string) => void };
  check<K extends keyof T & string>(name: K, field?: string): { name: string; checked: boolean; error: string | undefined; onChecked: (checked: boolean) => void };
  submit(): Promise<void>;
}

/**
 * A form: `send` does the work and throws what the box says. `check` looks first at what can be known here; it answers errors by
 * field. Fields that the API names otherwise than the form are given to `text` as `field`.
 */
export function useForm<T extends object>(initial: T, send: (values: T) => Promise<void>, check?: (values: T) => Record<string, string>): FormState<T> {
  const [values, setValues] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const running = useRef(false);
  const set = (change: Partial<T>) => setValues((before) => ({ ...before, ...change }));
  const submit = async () => {
    if (running.current) return;
    const own = check?.(values) ?? {};
    setErrors(own);
    setProblem(undefined);
    if (Object.keys(own).length > 0) return focusFirstError();
    running.current = true;
    setBusy(true);
    try {
      await send(values);
    } catch (found) {
      setProblem(found);
      const fields = found instanceof ApiError ? (found.problem.errors ?? []) : [];
      setErrors(Object.fromEntries(fields.map((one) => [one.field, one.reason])));
      focusFirstError();
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return {
    values, busy, problem, errors, set, submit,
    reset(next) {
      setValues(next);
      setErrors({});
      setProblem(undefined);
    },
    text: (name, field = name) => ({
      name: field, value: String(values[name] ?? ""), error: errors[field],
      onValue: (value) => set({ [name]: value } as unknown as Partial<T>),
    }),
    check: (name, field = name) => ({
      name: field, checked: values[name] === true, error: errors[field],
      onChecked: (checked) => set({ [name]: checked } as unknown as Partial<T>),
    }),
  };
}

function focusFirstError(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid=true], .form .banner-bad")?.focus());
}

interface Props<T> {
  form: FormState<T>;
  children: ComponentChildren;
  /** What the button says; "Save" where nothing is given. */
  action?: string;
  onCancel?: () => void;
  /** Beside the button. */
  more?: ComponentChildren;
  danger?: boolean;
}

/** The frame of a form: its fields, what is wrong as a whole, its button. */
export function Form<T>({ form, children, action, onCancel, more, danger = false }: Props<T>) {
  const w = common();
  const known = form.problem instanceof ApiError && (form.problem.problem.errors ?? []).length > 0;
  const unnamed = form.problem instanceof ApiError ? (form.problem.problem.errors ?? []) : [];
  return (
    <form class="form" noValidate onSubmit={(event) => { event.preventDefault(); void form.submit(); }}>
      {children}
      {form.problem !== undefined && (
        <Banner kind="bad">
          {known ? w.errors.check : wordsOf(form.problem)}
          <UnseenErrors errors={unnamed} />
        </Banner>
      )}
      <div class="form-actions">
        <Button submit kind={danger ? "danger" : "primary"} busy={form.busy}>{action ?? w.actions.save}</Button>
        {onCancel && <Button kind="quiet" onPress={onCancel}>{w.actions.cancel}</Button>}
        {more}
      </div>
    </form>
  );
}

/** Errors whose field is not on the screen: said here, or nobody would see them. */
function UnseenErrors({ errors }: { errors: readonly { field: string; reason: string }[] }) {
  const unseen = errors.filter((one) => document.querySelector(`[name="${CSS.escape(one.field)}"]`) === null);
  if (unseen.length === 0) return null;
  return <ul>{unseen.slice(0, 20).map((one) => <li key={one.field}><code>{one.field}</code>: {one.reason}</li>)}</ul>;
}
