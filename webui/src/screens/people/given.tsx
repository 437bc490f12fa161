import type { ComponentChildren } from "preact";
import { Banner, Button, CopyText, Dialog, Pairs } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

interface Props {
  title: string;
  username: string;
  password: string;
  onClose: () => void;
  children?: ComponentChildren;
}

/** A password that was just given: shown this once. */
export function GivenPassword({ title, username, password, onClose, children }: Props) {
  const w = words();
  return (
    <Dialog title={title} onClose={onClose}>
      <Banner kind="warn">{w.given.once}</Banner>
      <Pairs pairs={[
        [w.fields.username, <CopyText text={username} label={w.fields.username} />],
        [w.given.password, <CopyText text={password} label={w.given.password} />],
      ]} />
      {children}
      <div class="form-actions"><Button kind="primary" onPress={onClose}>{common().actions.close}</Button></div>
    </Dialog>
  );
}
