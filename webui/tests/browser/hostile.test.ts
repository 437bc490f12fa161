/** Text of people who mean ill, wherever the box takes text: no screen runs it, and none breaks by it. */
import { createSocket } from "node:dgram";
import { beforeAll, expect, test } from "vitest";
import { brokenLayout } from "./layout";
import { SCREENS } from "./places";
import { settled, visit, world } from "./world";

const box = world();
const MARKUP = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`;
const TURNED = "\u202Eelttil\u202C\u2067 abc \u2069 \u200Fxyz";
/** The longest that each field takes is found by asking: this, cut to half until it is taken. */
const LONG = "ÁW".repeat(5_000);
const ILL = [MARKUP, TURNED, LONG] as const;

type Body = Record<string, unknown>;

async function ask(method: string, path: string, body?: Body): Promise<{ status: number; body: Record<string, unknown> }> {
  return (await box.office.do("ask", { method, path, body })) as unknown as { status: number; body: Record<string, unknown> };
}

/** A text as ill as the field takes it; it must take some of it. Where it refuses signs that turn the text, the letters are left. */
async function put(method: string, path: string, field: string, ill: string, rest: Body = {}): Promise<void> {
  for (let text = ill; text.length > 8; text = text.slice(0, Math.floor(text.length / 2))) {
    const { status } = await ask(method, path, { ...rest, [field]: text });
    if (status < 300) return;
    expect(status, `${method} ${path} ${field}`).toBeLessThan(500);
  }
  const plain = ill.replaceAll(/\p{Cf}/gu, "");
  if (plain !== ill) return put(method, path, field, plain, rest);
  throw new Error(`${method} ${path}: ${field} takes nothing of it`);
}

/** Each text on a thing of its own, so that each is seen. */
async function putAll(paths: readonly string[], field: string): Promise<void> {
  for (const [index, ill] of ILL.entries()) if (paths[index] !== undefined) await put("PATCH", paths[index], field, ill);
}

async function makeAll(path: string, rests: readonly Body[]): Promise<void> {
  for (const [index, ill] of ILL.entries()) await put("POST", path, "name", ill, rests[index] ?? rests[0]);
}

let names: Record<string, string> = {};

beforeAll(async () => {
  const { account, hours, trunk } = box.office.hello.world;
  const path = `/accounts/${account}`;
  const first = async (list: string, id: string) => ((await ask("GET", `${path}/${list}?limit=1`)).body as { items: Body[] }).items[0]?.[id] as string;
  names = { a: account, hours, trunk, call: await first("calls", "call_id"), extension: await first("extensions", "extension_id") };
  const ids = async (list: string, id: string) => ((await ask("GET", `${path}/${list}?limit=10`)).body as { items: Body[] }).items.map((one) => String(one[id]));
  const users = ((await ask("GET", `${path}/users?limit=10`)).body as { items: { user: { user_id: string } }[] }).items.map((one) => one.user.user_id);
  await putAll((await ids("extensions", "extension_id")).map((one) => `${path}/extensions/${one}`), "name");
  await putAll((await ids("trunks", "trunk_id")).map((one) => `${path}/trunks/${one}`), "name");
  await put("PATCH", path, "description", MARKUP);
  await put("PATCH", path, "name", LONG);
  await put("PATCH", `/accounts/${box.office.hello.world.other}`, "name", MARKUP);
  await put("PATCH", "/me", "full_name", LONG);
  await putAll(users.map((one) => `/users/${one}`), "full_name");
  await makeAll(`${path}/phone-book`, [6, 7, 8].map((digit) => ({ number: `+55114444666${digit}` })));
  await makeAll(`${path}/call-pins`, [{ calling_class: "local", status: "active" }]);
  await makeAll(`${path}/inbound-routes`, [{ position: 9, did_pattern: "+5511999", status: "active" }]);
  await makeAll(`${path}/outbound-routes`, [{ position: 9, pattern: "99!", strip: 0, prefix: "", trunks: [trunk], status: "active" }]);
  await makeAll(`${path}/time-conditions`, [{ weekly: [] }]);
  await illPhone();
  // Markup in the program of a phone that has signed in, and turning signs in that of a second one.
  await box.office.do("ill_phone", { number: "1001", agent: `${MARKUP}${LONG}`.slice(0, 2_000) });
  await box.office.do("ill_phone", { number: "1002", agent: `${MARKUP}${TURNED}` });
  const { lengths } = await box.office.do("ill_calls", { to: "+551133330005", callers: ILL });
  expect(Math.min(...(lengths as number[]))).toBeGreaterThanOrEqual(20);
}, 180_000);

/** Somebody at the door of SIP whose programs and names are markup. */
async function illPhone(): Promise<void> {
  const [host = "", port = ""] = box.office.hello.sip.split(":");
  const lines = [
    `REGISTER sip:${box.office.hello.domain} SIP/2.0`, "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKill", "Max-Forwards: 70",
    `From: "${MARKUP.replaceAll('"', "'")}" <sip:1001@${box.office.hello.domain}>;tag=ill`, `To: <sip:1001@${box.office.hello.domain}>`, "Call-ID: ill", "CSeq: 1 REGISTER",
    `User-Agent: ${MARKUP}${TURNED}`, "Contact: <sip:1001@127.0.0.1:9>", "Content-Length: 0", "", "",
  ];
  const socket = createSocket("udp4");
  await new Promise((done) => socket.send(lines.join("\r\n"), Number(port), host, done));
  socket.close();
}

const SIZES = [[320, 640], [1440, 900]] as const;

/** First of all: the calls that were answered are up. */
test.each(SIZES.flatMap(([width, height]) => ["", "?wall=1"].map((query) => [query, width, height] as const)))("callers who are markup leave the wallboard whole (%s, %i)", async (query, width, height) => {
  const { page, heard, close } = await visit(box, "admin", `/a/${names.a}/live${query}`, { width, height, touch: width < 700 });
  await page.locator("tr.table-row").nth(2).waitFor();
  const hurt = await page.evaluate(() => (globalThis as { hurt?: number }).hurt ?? 0);
  expect({ hurt, heard, layout: await brokenLayout(page) }).toEqual({ hurt: 0, heard: [], layout: [] });
  expect(await page.locator("#app img").count()).toBe(0);
  await close();
});

const cases = SCREENS.filter((one) => one.path !== "/parts").flatMap(({ path, roles }) => SIZES.map(([width, height]) => [path, roles[0] ?? "boss", width, height] as const));

test.each(cases)("%s stays whole (%s, %i)", async (path, role, width, height) => {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, word: string) => names[word] ?? "");
  const { page, heard, close } = await visit(box, role, address, { width, height, touch: width < 700 });
  try {
    await settled(page);
    const hurt = await page.evaluate(() => (globalThis as { hurt?: number }).hurt ?? 0);
    expect({ hurt, heard, layout: await brokenLayout(page) }).toEqual({ hurt: 0, heard: [], layout: [] });
    expect(await page.locator("main img").count()).toBe(0);
  } finally {
    await close();
  }
});
