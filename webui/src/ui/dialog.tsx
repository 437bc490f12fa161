import "./dialog.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { wordsOf } from "../app/ask";
import { common } from "../words/common";
import { Banner } from "./banner";
import { Button, IconButton } from "./button";

interface Props {
  title: string;
  children: ComponentChildren;
  /** Left out: it cannot be closed, something must be done in it. */
  onClose?: () => void;
  wide?: boolean;
}

/** Over the page; it is there as long as it is drawn. Esc closes it, the focus goes back where it was. */
export function Dialog({ title, children, onClose, wide = false }: Props) {
  const own = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const dialog = own.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancelled = (event: Event) => {
    event.preventDefault();
    onClose?.();
  };
  return (
    <dialog ref={own} class={`dialog${wide ? " dialog-wide" : ""}`} aria-labelledby={id} onCancel={cancelled}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        {onClose && <IconButton name="close" label={common().actions.close} onPress={onClose} />}
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  action: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** For what cannot be undone. */
export function Confirm({ title, children, action, onConfirm, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const go = () => {
    setBusy(true);
    setProblem(undefined);
    onConfirm().then(onClose, setProblem).finally(() => setBusy(false));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      <div class="form-actions">
        <Button kind="danger" busy={busy} onPress={go}>{action}</Button>
        <Button kind="quiet" onPress={onClose}>{common().actions.cancel}</Button>
      </div>
    </Dialog>
  );
}
