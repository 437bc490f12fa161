/** Changes where somebody else may have been quicker: what was typed stays, and whoever typed it decides. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api";
import { Banner, Button } from "../../ui";
import { callingWords } from "./words";

export interface Read<T> {
  data: T;
  tag: string;
}

export interface Kept<T> {
  /** Sends with the tag that was read last; answers whether it was taken. */
  send(put: (tag: string) => Promise<string>): Promise<boolean>;
  /** What somebody else has saved, where that is so. */
  theirs: T | undefined;
  /** The state of the box is known anew. */
  know(tag: string): void;
  forget(): void;
}

/** Keeps the tag of what was read. `again` reads it anew where the box says that it is stale. */
export function useKept<T>(first: string, again: () => Promise<Read<T>>): Kept<T> {
  const tag = useRef(first);
  const [theirs, setTheirs] = useState<T | undefined>(undefined);
  return {
    theirs,
    know: (next) => { tag.current = next; },
    forget: () => setTheirs(undefined),
    async send(put) {
      try {
        tag.current = await put(tag.current);
        setTheirs(undefined);
        return true;
      } catch (problem) {
        if (!(problem instanceof ApiError) || problem.status !== 412) throw problem;
        const found = await again();
        tag.current = found.tag;
        setTheirs(() => found.data);
        return false;
      }
    },
  };
}

/** Asks which of the two is to stay. */
export function StaleBanner<T>({ kept, onTheirs, onMine }: { kept: Kept<T>; onTheirs: (data: T) => void; onMine: () => void }) {
  const w = callingWords();
  const { theirs } = kept;
  const own = useRef<HTMLDivElement>(null);
  useEffect(() => own.current?.scrollIntoView({ block: "center" }), [theirs]);
  if (theirs === undefined) return null;
  return (
    <div ref={own}><Banner kind="warn">
      <p>{w.stale}</p>
      <div class="row">
        <Button small onPress={onMine}>{w.saveMine}</Button>
        <Button small kind="quiet" onPress={() => { kept.forget(); onTheirs(theirs); }}>{w.showTheirs}</Button>
      </div>
    </Banner></div>
  );
}
