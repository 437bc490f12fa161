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

type Body = Record<string, unknown>;

async function ask(method: string, path: string, body?: Body): Promise<{ status: number; body: Record<string, unknown> }> {
  return (await box.office.do("ask", { method, path, body })) as unknown as { status: number; body: Record<string, unknown> };
}

/** With texts that are as ill as the field takes them; answers those that were taken. */
async function put(method: string, path: string, field: string, rest: Body = {}, wrap: (text: string) => Body = (text) => ({ [field]: text })): Promise<string[]> {
  const taken: string[] = [];
  for (const ill of [MARKUP, TURNED, LONG]) {
    for (let text = ill; text.length > 8; text = text.slice(0, Math.floor(text.length / 2))) {
      const { status } = await ask(method, path, { ...rest, ...wrap(text) });
      if (status < 300) {
        taken.push(text);
        break;
      }
      expect(status, `${method} ${path} ${field}`).toBeLessThan(500);
    }
  }
  return taken;
}

let names: Record<string, string> = {};

beforeAll(async () => {
  const { account, hours, trunk } = box.office.hello.world;
  const path = `/accounts/${account}`;
  const first = async (list: string, id: string) => ((await ask("GET", `${path}/${list}?limit=1`)).body as { items: Body[] }).items[0]?.[id] as string;
  names = { a: account, hours, trunk, call: await first("calls", "call_id"), extension: await first("extensions", "extension_id") };
  const user = ((await ask("GET", `${path}/users?limit=10`)).body as { items: { user: { user_id: string } }[] }).items[0]?.user.user_id ?? "";
  const taken = [
    ...(await put("PATCH", `${path}/extensions/${names.extension}`, "name")),
    ...(await put("PATCH", `${path}/trunks/${trunk}`, "name")),
    ...(await put("PATCH", path, "description")),
    ...(await put("PATCH", path, "name")),
    ...(await put("PATCH", "/me", "full_name")),
    ...(await put("PATCH", `/users/${user}`, "full_name")),
    ...(await put("POST", `${path}/phone-book`, "name", { number: "+551144446666" })),
    ...(await put("POST", `${path}/call-pins`, "name", { calling_class: "local", status: "active" })),
    ...(await put("POST", `${path}/inbound-routes`, "name", { position: 9, did_pattern: "+5511999", status: "active" })),
    ...(await put("POST", `${path}/outbound-routes`, "name", { position: 9, pattern: "99!", strip: 0, prefix: "", trunks: [trunk], status: "active" })),
    ...(await put("POST", `${path}/time-conditions`, "name", { weekly: [] })),
  ];
  expect(taken.length).toBeGreaterThan(20);
  await illPhone();
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
