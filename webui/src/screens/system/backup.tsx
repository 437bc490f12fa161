import "./system.css";
import { useState } from "preact/hooks";
import { ApiError, api, dataOf, type Of } from "../../api";
import { Banner, Button, Card, Confirm, Form, PasswordField, toast, useForm } from "../../ui";
import { dateTime } from "../../words/format";
import { checkNewPassphrase } from "./checks";
import { saveAs } from "./save";
import { FileName, SendFile } from "./send_file";
import { WaitForBox } from "./wait";
import { words } from "./words";

export function Backup() {
  return <div class="system-columns"><Make /><Restore /></div>;
}

function Make() {
  const w = words();
  const form = useForm({ passphrase: "" }, async (body) => {
    const answer = await api.POST("/system/backup", { body, parseAs: "blob" });
    saveAs(dataOf(answer), answer.response);
    form.reset({ passphrase: "" });
    toast(w.backup.made);
  }, checkNewPassphrase);
  return (
    <Card title={w.backup.make}>
      <p class="soft">{w.backup.makeHint}</p>
      <Form form={form} action={w.backup.makeAction}>
        <PasswordField {...form.text("passphrase")} label={w.backup.passphrase} hint={w.backup.passphraseHint} />
      </Form>
    </Card>
  );
}

function Restore() {
  const w = words();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [restored, setRestored] = useState<Of<"RestoredBox"> | undefined>(undefined);
  const [waiting, setWaiting] = useState(false);
  return (
    <Card title={w.backup.restore}>
      <p class="soft">{w.backup.restoreHint}</p>
      <SendFile path="/system/restore/file" label={w.backup.file} accept=".backup" read={() => undefined} onDone={(_, sent) => setFile(sent)} />
      {file && <Open file={file} onRestored={setRestored} />}
      <Undo onDone={() => setWaiting(true)} />
      {waiting && <WaitForBox title={w.backup.undoing} />}
      {restored && <WaitForBox title={w.backup.restoring(dateTime(restored.made_at), restored.version, restored.accounts)} />}
    </Card>
  );
}

/** The passphrase, and the last question before everything is replaced. */
function Open({ file, onRestored }: { file: File; onRestored: (box: Of<"RestoredBox">) => void }) {
  const w = words();
  const [sure, setSure] = useState(false);
  const form = useForm({ passphrase: "" }, async () => setSure(true));
  const [wrong, setWrong] = useState(false);
  const restore = async () => {
    setWrong(false);
    try {
      onRestored(dataOf(await api.POST("/system/restore", { body: form.values })));
    } catch (problem) {
      // The box has no word of its own for this; what was typed stays for another try.
      if (!(problem instanceof ApiError) || !(problem.problem.detail ?? "").includes("passphrase is wrong")) throw problem;
      setWrong(true);
    }
  };
  return (
    <>
      <Banner kind="good">{w.backup.sent} <FileName file={file} /></Banner>
      <Form form={form} action={w.backup.restoreAction} danger>
        <PasswordField {...form.text("passphrase")} label={w.backup.passphrase} autocomplete="off" />
      </Form>
      {wrong && <Banner kind="bad">{w.errors.wrongPassphrase}</Banner>}
      {sure && (
        <Confirm title={w.backup.sure} action={w.backup.restoreAction} onConfirm={restore} onClose={() => setSure(false)}>{w.backup.sureHint}</Confirm>
      )}
    </>
  );
}

function Undo({ onDone }: { onDone: () => void }) {
  const w = words();
  const [asking, setAsking] = useState(false);
  const undo = async () => {
    await api.POST("/system/restore/undo");
    onDone();
  };
  return (
    <>
      <div><Button kind="quiet" icon="history" onPress={() => setAsking(true)}>{w.backup.undo}</Button></div>
      {asking && <Confirm title={w.backup.undoTitle} action={w.backup.undo} onConfirm={undo} onClose={() => setAsking(false)}>{w.backup.undoHint}</Confirm>}
    </>
  );
}
