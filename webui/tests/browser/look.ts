/**
 * Looks at screens while one works on them:
 *
 *     npm run look -- [--role boss|admin|user] [--size 320x700] [--dark] [--lang en] [--fresh] [--calls] PATH…   →  .build/look/*.png
 *
 * `{a}` in a PATH is the account. Prints what the page complained of, and how far it is wider than the window.
 */
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { complaints, openBrowser, openContext, signIn, type Look } from "./browser";
import { Office, type RoleName } from "./office";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    role: { type: "string", default: "boss" }, size: { type: "string", default: "1440x900" }, dark: { type: "boolean", default: false },
    lang: { type: "string", default: "pt-BR" }, fresh: { type: "boolean", default: false }, calls: { type: "boolean", default: false },
    out: { type: "string", default: ".build/look" },
  },
});
const folder = `.build/office-${process.pid}`;
const office = await Office.start(folder, ...(values.fresh ? ["--fresh"] : []));
const browser = await openBrowser();
try {
  if (values.calls) {
    await office.do("call", { from: "1001", to: "1002" });
    await office.do("ring", { from: "1003", to: "1004" });
  }
  const [width = 1440, height = 900] = values.size.split("x").map(Number);
  const context = await openContext(browser, office.hello, { width, height, dark: values.dark, language: values.lang as NonNullable<Look["language"]>, touch: width < 700 });
  if (!values.fresh) await signIn(context, office.hello.world.people[values.role as RoleName]);
  await context.addInitScript((language) => localStorage.setItem("language", language), values.lang);
  mkdirSync(values.out, { recursive: true });
  for (const path of positionals) {
    const page = await context.newPage();
    const heard = complaints(page);
    await page.goto(path.replace("{a}", office.hello.world.account ?? ""));
    await page.waitForTimeout(1500);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const name = `${values.role}${path.replace("{a}", "a").replaceAll(/[^\w]+/g, "-")}-${width}${values.dark ? "-dark" : ""}-${values.lang}.png`;
    await page.screenshot({ path: `${values.out}/${name}`, fullPage: true });
    console.log(`${values.out}/${name}`, wider > 0 ? `WIDER by ${wider}` : "", heard.join("\n  "));
    await page.close();
  }
} finally {
  await browser.close();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
}
