/** What the errands of the keyboard and of touch have in common: what is prepared for them, and what the box says came of them. */
import type { World } from "./world";

export const NUMBER = "1777";
export const NAME = "Balcão";
/** Who is called once, so that a search finds that call alone. */
export const CALLED = "1003";

type Item = Record<string, unknown>;

async function ask({ office }: World, path: string): Promise<Item> {
  return (await office.do("ask", { method: "GET", path: `/accounts/${office.hello.world.account}/${path}` })).body as Item;
}

/** The extension that the errand makes, where it is there. */
export async function madeExtension(box: World): Promise<Item | undefined> {
  return ((await ask(box, `extensions?q=${NUMBER}`)).items as Item[]).find((one) => one.number === NUMBER);
}

export async function switchedTo(box: World): Promise<unknown> {
  return ((await ask(box, `time-conditions/${box.office.hello.world.hours}`)).override as Item).mode;
}

/** A call that is to be found; answers its id. */
export async function callToFind(box: World): Promise<string> {
  await box.office.do("call", { from: "1001", to: CALLED });
  await box.office.do("hangup", { number: "1001" });
  for (let turn = 0; turn < 50; turn++) {
    const [first] = (await ask(box, `calls?q=${CALLED}`)).items as Item[];
    if (first?.end_time) return first.call_id as string;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the call is not in the history");
}
