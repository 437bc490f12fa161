import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KINDS, station } from "./steps";
import en from "./words/en";
import es from "./words/es";
import pt from "./words/pt-BR";

const SOURCE = readFileSync(new URL("../../../../pabxd/model/src/trace.rs", import.meta.url), "utf8");

/** The variants of `TraceStep`, as they are written in JSON. */
function kinds(): string[] {
  const body = /pub enum TraceStep \{\n([\s\S]*?)\n\}/.exec(SOURCE)?.[1] ?? "";
  return [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map((found) => (found[1] ?? "").replaceAll(/(?<!^)([A-Z])/g, "_$1").toLowerCase());
}

test("every step that a call can take has words, in every language", () => {
  expect(kinds().length).toBeGreaterThan(30);
  expect(Object.keys(KINDS).sort()).toEqual(kinds().sort());
  for (const name of kinds()) {
    const data = {
      step: name, name: "N", whose: "account", what: "money", party: "200", why: { trunk_skipped: "down", encryption_refused: "not_spoken" }[name] ?? { by: "holiday", name: "H" },
      calling_class: "local", class: "mobile", reject: "busy",
    };
    const said = [en, pt, es].map((words) => station(words, { text: "fallback", data }, 0).text);
    expect(new Set(said).size, name).toBe(3);
    for (const text of said) expect(text, name).not.toMatch(/undefined|fallback|budget_|_/);
  }
});

test("a step that is new to us is said as the box says it", () => {
  expect(station(en, { text: "A comet came.", data: { step: "constructor" } }, 0).text).toBe("A comet came.");
});
