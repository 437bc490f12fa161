/** What lies over the page. */
import { useState } from "preact/hooks";
import { Unreachable } from "../../api";
import { Button, Card, Confirm, Dialog, toast } from "../../ui";
import { HOSTILE } from "./hostile";

type Open = "dialog" | "wide" | "confirm" | "fails" | undefined;

export function Overlays() {
  const [open, setOpen] = useState<Open>(undefined);
  const close = () => setOpen(undefined);
  return (
    <Card title="Over the page">
      <div class="row">
        <Button onPress={() => setOpen("dialog")}>Dialog</Button>
        <Button onPress={() => setOpen("wide")}>Wide dialog</Button>
        <Button kind="danger" onPress={() => setOpen("confirm")}>Confirm</Button>
        <Button kind="danger" onPress={() => setOpen("fails")}>Confirm that fails</Button>
        <Button onPress={() => toast("Saved.")}>Toast</Button>
        <Button onPress={() => toast("The extension 1001 was suspended.", () => toast("Taken back."))}>Toast with undo</Button>
        <Button onPress={() => toast(HOSTILE.long)}>Endless toast</Button>
      </div>
      {open === "dialog" && <Dialog title="A dialog" onClose={close}><p>Esc closes it; the focus goes back.</p><div class="form-actions">
        <Button kind="primary" onPress={close}>Good</Button></div></Dialog>}
      {open === "wide" && <Dialog title={HOSTILE.long.slice(0, 120)} wide onClose={close}>{Array.from({ length: 40 }, (_, line) =>
        <p key={line}>Line {line + 1} of a long text.</p>)}</Dialog>}
      {open === "confirm" && <Confirm title="Delete the account?" action="Delete" onConfirm={async () => toast("Deleted.")}
        onClose={close}>Its extensions stop working at once.</Confirm>}
      {open === "fails" && <Confirm title="Delete?" action="Delete" onConfirm={() => Promise.reject(new Unreachable())}
        onClose={close}>The box will not answer.</Confirm>}
    </Card>
  );
}
