import "./system.css";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../app/ask";
import { Banner, Button, Icon } from "../../ui";
import { common } from "../../words/common";
import { octets, percent } from "../../words/format";
import { Stopped, upload, type Upload } from "./upload";
import { words } from "./words";

interface Props<T> {
  path: string;
  label: string;
  /** What files are offered first. */
  accept?: string;
  read: (text: string) => T;
  onDone: (answer: T, file: File) => void;
}

/** Chooses a file and sends it, with a bar. */
export function SendFile<T>({ path, label, accept, read, onDone }: Props<T>) {
  const w = words();
  const id = useId();
  const [share, setShare] = useState<number | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const running = useRef<Upload<T> | undefined>(undefined);
  useEffect(() => () => running.current?.stop(), []);
  const send = (file: File) => {
    setProblem(undefined);
    setShare(0);
    const own = upload(path, file, read, setShare);
    running.current = own;
    own.done.then((answer) => onDone(answer, file), (found: unknown) => {
      if (!(found instanceof Stopped)) setProblem(found);
    }).finally(() => setShare(undefined));
  };
  return (
    <div class="stack-small">
      <span class="field-label" id={`${id}-label`}>{label}</span>
      <div class="system-file">
        <input id={id} class="visually-hidden" type="file" accept={accept} disabled={share !== undefined}
          aria-labelledby={`${id}-label ${id}-choose`} onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) send(file);
        }} />
        <label class="button" for={id} id={`${id}-choose`} aria-disabled={share !== undefined}><Icon name="upload" size={18} />{w.upload.choose}</label>
      </div>
      {share !== undefined && (
        <div class="stack-small">
          <Meter share={share} label={w.upload.sending} />
          <div class="row row-between">
            <span class="soft small">{w.upload.sending} {percent(share)}</span>
            <Button small kind="quiet" onPress={() => running.current?.stop()}>{common().actions.cancel}</Button>
          </div>
        </div>
      )}
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
    </div>
  );
}

/** How far something is. */
export function Meter({ share, label }: { share: number; label: string }) {
  const value = Math.round(share * 100);
  return (
    <div class="system-meter system-meter-busy" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={value} aria-label={label}>
      <span style={{ width: `${value}%` }} />
    </div>
  );
}

export function FileName({ file }: { file: File }) {
  return <span dir="auto">{file.name} · {octets(file.size)}</span>;
}
