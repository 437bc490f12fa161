import { expect, test } from "vitest";
import { ApiError, type Read } from "../api/client";
import { differences, sendOver } from "./told";

test("only what somebody else has changed is named, with what it is now", () => {
  const before = [["Name", "Ana"], ["Open", { kind: "extension" }], ["Rings", 20], ["Active", true]] as const;
  expect(differences(before, before)).toEqual([]);
  expect(differences(before, [["Name", "Ana"], ["Open", { kind: "reject" }], ["Rings", 0], ["Active", true]])).toEqual([["Open", { kind: "reject" }], ["Rings", 0]]);
});

test("a field that was not there before is named, too", () => {
  expect(differences([], [["Prefix", ""]])).toEqual([["Prefix", ""]]);
});

interface Thing {
  name: string;
  status: string;
}

/** A box with one thing, which takes a change only with its tag. */
function boxWith(thing: Thing) {
  let [now, version] = [thing, 1];
  const read = async (): Promise<Read<Thing>> => ({ data: now, tag: String(version) });
  const set = (next: Partial<Thing>) => { [now, version] = [{ ...now, ...next }, version + 1]; };
  const put = async ({ tag }: Read<Thing>, next: Partial<Thing>): Promise<Read<Thing>> => {
    if (tag !== String(version)) throw new ApiError(412, { type: "stale", title: "stale", status: 412, instance: "/" }, undefined);
    set(next);
    return read();
  };
  return { read, put, set, get now() { return now; } };
}

const told = ({ name }: Thing) => [["Name", name]] as const;

test("a change that nobody contends goes through, also where something else of the same thing has changed", async () => {
  const box = boxWith({ name: "Ana", status: "active" });
  const known = await box.read();
  box.set({ status: "suspended" });
  const sent = await sendOver(known, (now) => box.put(now, { name: "Anna" }), box.read, told);
  expect(sent.taken).toBe(true);
  expect(box.now).toEqual({ name: "Anna", status: "suspended" });
});

test("somebody else's change of the same is told and not overwritten; sent anew, it is", async () => {
  const box = boxWith({ name: "Ana", status: "active" });
  const known = await box.read();
  box.set({ name: "Bia" });
  const mine = (now: Read<Thing>) => box.put(now, { name: "Anna" });
  const sent = await sendOver(known, mine, box.read, told);
  expect([sent.taken, sent.changes, box.now.name]).toEqual([false, [["Name", "Bia"]], "Bia"]);
  expect((await sendOver(sent.read, mine, box.read, told)).taken).toBe(true);
  expect(box.now.name).toBe("Anna");
});

test("what is no conflict is thrown on", async () => {
  const box = boxWith({ name: "Ana", status: "active" });
  await expect(sendOver(await box.read(), () => Promise.reject(new Error("no")), box.read, told)).rejects.toThrow("no");
});
