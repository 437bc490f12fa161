/** Installed on a phone: it opens without the network, says that it is offline, and keeps nothing of the API. */
import { expect, test } from "vitest";
import { visit, world } from "./world";

const box = world();

test("the page opens without the network and says so", async () => {
  const { page, close } = await visit(box, "admin", "/", { width: 390, height: 800, touch: true, worker: true });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // What is asked for from now on goes through the worker.
  await page.reload();
  await page.locator("main h1").waitFor();
  const kept = await page.evaluate(async () => {
    const all = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
    return all.flat();
  });
  expect(kept.filter((path) => path.startsWith("/api/"))).toEqual([]);
  expect(kept).toContain("/index.html");
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("A central não responde", { exact: false }).first().waitFor({ timeout: 15_000 });
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Tentar de novo" }).click();
  await page.locator("main h1").waitFor();
  await close();
});

test("it can be installed: name, icons, start", async () => {
  const { page, close } = await visit(box, "admin", "/");
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    return (await (await fetch(link?.href ?? "")).json()) as { name: string; start_url: string; display: string; shortcuts: { url: string }[]; icons: { src: string; sizes: string; purpose?: string }[] };
  });
  expect(manifest).toMatchObject({ name: "PABX", start_url: "/", display: "standalone" });
  for (const { src, sizes } of manifest.icons.filter((one) => one.sizes !== "any")) {
    const size = await page.evaluate(async (url) => {
      const picture = await createImageBitmap(await (await fetch(url)).blob());
      return `${picture.width}x${picture.height}`;
    }, src);
    expect(size, src).toBe(sizes);
  }
  for (const { url } of manifest.shortcuts) {
    await page.goto(url);
    await page.waitForURL(`**/a/*${url}`);
    await page.locator("main h1").waitFor();
  }
  await close();
});
