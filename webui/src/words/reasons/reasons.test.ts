/** Every reason that the daemon can give a person is known here: they are read out of its source. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { language } from "../language";
import { find } from "./find";
import { known, loadReasons, reasonWords } from ".";

const DAEMON = fileURLToPath(new URL("../../../../pabxd", import.meta.url));
/** Where reasons are made. What the store says of a broken disk is for the log. */
const SOURCES = ["src/api", "model/src", "src/appliance/network", "src/appliance/time.rs", "src/appliance/update/rules.rs", "src/edge/certificates/given.rs",
  "src/account_file", "store/src/error.rs"];

/** What no form leads to: programs with a broken request, files that somebody has altered, a box that is not whole. */
const NOT_FOR_PEOPLE = [
  /Idempotency-Key/, /cursor/, /UUID/, /revision/, /^not one of ours$/, /^not a number$/, /base64url$/, /P-256 in base64url/, /https:\/\/ URL of a public service/,
  /^the body /, /^query: /, /^something follows the JSON$/, /is asked for$/, /RFC 3339/, /^limit is not from/, /^is not after from$/, /days before to$/,
  /made here$/, /made by a box$/, /Argon2id/, /^extension \{\} (shares|belongs)/, /^(account|trunk) \{\} shares/, /^routing of account/,
  /database/, /sealed|sealing/, /^the state is in use/, /^the disk/, /randomness/, /^no such \{\}$/, /was changed meanwhile$/, /items cannot be made/,
  /^more than \{\} files/, /could not be kept/, /interfaces cannot be listed/, /^no_clock$/, /^it is not known from which slot/, /^(\{\}|: |\{\}: \{\})*$/, /is there twice$/,
];

function files(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name))).filter((one) => one.endsWith(".rs") && !/tests?\.rs$/.test(one));
}

/** Without its tests and comments; a text that goes on in the next line in one. */
function code(path: string): string {
  const whole = readFileSync(path, "utf8");
  const tests = whole.search(/#\[cfg\(test\)\]\s*\n\s*(pub\S* )?mod /);
  return (tests < 0 ? whole : whole.slice(0, tests)).replaceAll(/^\s*\/\/.*$/gm, "").replaceAll(/\\\s*\n\s*/g, "");
}

const TEXT = `"((?:[^"\\\\]|\\\\.)*)"`;
const MADE = [
  // A field's reason begins so, however it is handed on.
  /"((?:is|are|has|have|does|names|stands|holds|begins|takes|points|makes) (?:[^"\\]|\\.)*)"/g,
  new RegExp(`Problem::about\\(\\s*Kind::\\w+,\\s*(?:format!\\(\\s*)?${TEXT}`, "g"),
  new RegExp(`#\\[error\\(\\s*${TEXT}`, "g"),
  new RegExp(`\\bwhy: ${TEXT}`, "g"),
  // Where one place makes several errors of a kind of text.
  new RegExp(`\\bbad\\(${TEXT}\\)`, "g"),
];
/** The pattern of a route says which sign is wrong. */
const WHY = new RegExp(`=> Some\\(${TEXT}\\)`, "g");

/** As the map has them: what is filled in is `{}`. */
function reasonsOf(path: string): string[] {
  const source = code(path);
  const ways = [...MADE.slice(path.includes("/src/api/") ? 0 : 2), ...(path.endsWith("model/src/pattern.rs") ? [WHY] : [])];
  const found = ways.flatMap((one) => [...source.matchAll(one)].map((match) => match[1] ?? ""));
  return found.map((one) => one.replaceAll('\\"', '"').replaceAll(/\{[^}]*\}/g, "{}"));
}

const all = SOURCES.flatMap((one) => files(join(DAEMON, one))).flatMap((path) => reasonsOf(path).map((said) => ({ said, path: relative(DAEMON, path) })));

beforeAll(loadReasons);
afterEach(() => {
  language.value = "en";
});

describe("what the daemon says", () => {
  test("is found in its source", () => {
    expect(all.length).toBeGreaterThan(150);
    expect(all.map((one) => one.said)).toEqual(expect.arrayContaining(["is not from {} to {}", "{} must not be empty", "limit reached: at most {} {}"]));
  });

  test("is known here", () => {
    const unknown = all.filter(({ said }) => !NOT_FOR_PEOPLE.some((one) => one.test(said)) && find(said.replaceAll("{}", "7")) === undefined);
    expect(unknown.map(({ said, path }) => `${path}: ${said}`)).toEqual([]);
  });
});

test("a reason is said in our words, with what stands in it", () => {
  expect(reasonWords("is not from 1 to 600")).toBe("From 1 to 600.");
  expect(reasonWords("account slug must have 1 to 32 characters, not 40")).toBe("1 to 32 characters.");
  expect(reasonWords("eth0: the gateway 10.0.0.1 is not in the network of the address")).toContain("10.0.0.1");
});

test("a rule of a kind of text is known by the rule", () => {
  expect(reasonWords("SIP domain: neither a host name nor an IPv4 address")).toBe("This is neither the name nor the address of a server.");
});

test("what stands in another reason is said in our words, too", () => {
  expect(reasonWords("nothing was changed: the passphrase is wrong, or the file is damaged")).toBe(
    "Nothing was changed: The passphrase is wrong, or the file is damaged.",
  );
});

test("what is unknown stays as it is", () => {
  expect(reasonWords("the moon is full")).toBe("the moon is full");
  expect(known("the moon is full")).toBeUndefined();
  expect(reasonWords("x".repeat(10_000))).toHaveLength(10_000);
});
