import "./button.css";
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

interface Props {
  children: ComponentChildren;
  kind?: "primary" | "plain" | "danger" | "quiet";
  icon?: IconName;
  small?: boolean;
  /** It works: a second press does nothing. */
  busy?: boolean;
  disabled?: boolean;
  /** Instead of an action: where it leads. */
  href?: string;
  download?: string;
  submit?: boolean;
  onPress?: () => void;
  /** Where the words of the button alone do not say what it acts on. */
  label?: string;
  id?: string;
}

/** Says what it does in words. A link where `href` is given. */
export function Button({ children, kind = "plain", icon, small = false, busy = false, disabled = false, href, download, submit = false, onPress, label, id }: Props) {
  const off = busy || disabled;
  const own = `button button-${kind}${small ? " button-small" : ""}`;
  const inside = (
    <>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={small ? 16 : 18} />}
      <span>{children}</span>
    </>
  );
  if (href !== undefined) return <a class={own} href={href} aria-label={label} download={download} id={id}>{inside}</a>;
  // Not `disabled`: the focus would be lost, and nobody could read why nothing happens.
  const press = (event: Event) => {
    if (!off) return onPress?.();
    event.preventDefault();
  };
  return (
    <button type={submit ? "submit" : "button"} class={own} aria-disabled={off} aria-busy={busy} aria-label={label} onClick={press} id={id}>
      {inside}
    </button>
  );
}

interface IconProps {
  name: IconName;
  /** What it does; read aloud, and shown on hovering. */
  label: string;
  onPress?: () => void;
  href?: string;
  expanded?: boolean;
}

/** A picture alone, where there is no place for words. */
export function IconButton({ name, label, onPress, href, expanded }: IconProps) {
  if (href !== undefined) return <a class="icon-button" href={href} aria-label={label} title={label}><Icon name={name} /></a>;
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} aria-expanded={expanded} onClick={onPress}>
      <Icon name={name} />
    </button>
  );
}

/** Something is on its way. */
export function Spinner({ label }: { label: string }) {
  return <span class="row soft" role="status"><span class="spinner" aria-hidden="true" />{label}</span>;
}
