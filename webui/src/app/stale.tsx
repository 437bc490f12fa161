/** Changes where somebody else may have been quicker: what was typed stays, and whoever typed it decides. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Read } from "../api";
import { Banner, Button } from "../ui";
import { common } from "../words/common";
import { differences, isStale, sendOver, TURNS, type Told } from "./told";

export interface Kept<T> {
  /** Sends by `put`, which is given what is known now; answers what is there then, or nothing where whoever typed must decide first. */
  send(put: (now: Read<T>) => Promise<Read<T>>): Promise<Read<T> | undefined>;
  /** What somebody else has saved, and in what it differs from what the form began with. */
  theirs: { read: Read<T>; changes: Told } | undefined;
  /** The box told the state anew. Where it tells the form something else, it is not taken for known: saving will ask. */
  know(read: Read<T>): void;
  forget(): void;
}

/**
 * Keeps what was read until it is sent. `again` reads it anew where the box says that it is stale; `told` names what the form can
 * change, with its values. Where nothing of that has changed, the change goes through without a question.
 */
export function useKept<T>(first: Read<T>, again: () => Promise<Read<T>>, told: (data: T) => Told): Kept<T> {
  const now = useRef(first);
  const [theirs, setTheirs] = useState<Kept<T>["theirs"]>(undefined);
  const know = (read: Read<T>) => {
    if (differences(told(now.current.data), told(read.data)).length === 0) now.current = read;
  };
  useEffect(() => know(first), [first.tag]);
  return {
    theirs, know,
    forget: () => setTheirs(undefined),
    async send(put) {
      const { taken, read, changes } = await sendOver(now.current, put, again, told);
      now.current = read;
      setTheirs(taken ? undefined : { read, changes });
      return taken ? read : undefined;
    },
  };
}

/** Changes something as it is now, whatever was changed meanwhile: for a single word, such as its state. */
export async function changeNow<T>(read: () => Promise<Read<T>>, put: (now: Read<T>) => Promise<Read<T>>): Promise<Read<T>> {
  for (let turn = 1; ; turn++) {
    try {
      return await put(await read());
    } catch (problem) {
      if (!isStale(problem) || turn === TURNS) throw problem;
    }
  }
}

interface BannerProps<T> {
  kept: Kept<T>;
  onTheirs: (read: Read<T>) => void;
  onMine: () => void;
}

/** Says what the other has changed, and asks which of the two is to stay. */
export function StaleBanner<T>({ kept, onTheirs, onMine }: BannerProps<T>) {
  const [w, { states }] = [common().stale, common()];
  const { theirs } = kept;
  const own = useRef<HTMLDivElement>(null);
  useEffect(() => own.current?.scrollIntoView({ block: "center" }), [theirs]);
  if (theirs === undefined) return null;
  return (
    <div ref={own}><Banner kind="warn">
      <div class="stack-small">
        <p>{w.text}</p>
        {theirs.changes.length > 0 && (
          <div>
            <p>{w.changed}</p>
            <ul>{theirs.changes.map(([label, value]) => <Change key={label} label={label} text={said(value, states)} />)}</ul>
          </div>
        )}
        <div class="row">
          <Button small onPress={onMine}>{w.mine}</Button>
          <Button small kind="quiet" onPress={() => { kept.forget(); onTheirs(theirs.read); }}>{w.theirs}</Button>
        </div>
      </div>
    </Banner></div>
  );
}

function Change({ label, text }: { label: string; text: string | undefined }) {
  return <li>{label}{text !== undefined && <>: <bdi>{text}</bdi></>}</li>;
}

const LONGEST = 80;

/** Text in a line; of what has no short form only the name is said. */
function said(value: unknown, states: { yes: string; no: string; none: string }): string | undefined {
  if (typeof value === "boolean") return value ? states.yes : states.no;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim().split("\n").join(", ");
  if (text === "") return states.none;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
