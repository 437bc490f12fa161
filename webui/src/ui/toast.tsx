import "./dialog.css";
import { signal } from "@preact/signals";
import { common } from "../words/common";
import { Button, IconButton } from "./button";

interface Toast {
  id: number;
  text: string;
  undo: (() => void) | undefined;
}

const toasts = signal<Toast[]>([]);
const SECONDS = 7;
let last = 0;

/** Says briefly what was done; `undo` takes it back. */
export function toast(text: string, undo?: () => void): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text, undo }];
  setTimeout(() => drop(id), (undo ? 2 : 1) * SECONDS * 1000);
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function Toasts() {
  const w = common();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, undo }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          {undo && <Button small kind="quiet" onPress={() => { drop(id); undo(); }}>{w.actions.undo}</Button>}
          <IconButton name="close" label={w.actions.close} onPress={() => drop(id)} />
        </div>
      ))}
    </div>
  );
}
