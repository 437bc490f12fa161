/** Looks for what is broken on a screen as an eye would: cut off, overlapping, outside the window. */
import type { Page } from "playwright-core";

/** Each finding in words; none: all is well. */
export async function brokenLayout(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${(element.textContent ?? "").trim().slice(0, 40)}`;
    const wider = document.documentElement.scrollWidth - innerWidth;
    if (wider > 0) found.push(`the page is ${wider} px wider than the window`);
    const isSeen = (element: Element) => {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && box.width > 0 && box.height > 0 && style.clipPath !== "inset(50%)" && element.closest(".visually-hidden, .skip, .table-list thead") === null;
    };
    /** Within something that scrolls by itself, or says with three dots that there is more: what is beyond its edge is not lost. */
    const scrolls = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
        const { overflowX, overflowY, textOverflow } = getComputedStyle(at);
        if (textOverflow === "ellipsis" && overflowX === "hidden") return true;
        if ([overflowX, overflowY].some((one) => one === "auto" || one === "scroll")) return true;
      }
      return element.closest("pre, textarea, .uplot") !== null;
    };
    const texts = [...document.querySelectorAll("body *")].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()) && isSeen(element));
    for (const element of texts) {
      const style = getComputedStyle(element);
      const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis" && style.display !== "inline";
      if (cut && !scrolls(element) && !["INPUT", "TEXTAREA", "SELECT", "OPTION"].includes(element.tagName)) found.push(`cut off: ${name(element)}`);
      const box = element.getBoundingClientRect();
      if (!scrolls(element) && (box.left < -1 || box.right > innerWidth + 1) && element.closest("option") === null) found.push(`outside the window: ${name(element)}`);
    }
    const controls = [...document.querySelectorAll("main a, main button, main input, main select, main textarea, .alone a, .alone button, .alone input")].filter((element) => isSeen(element) && !scrolls(element));
    for (const [index, one] of controls.entries()) {
      const a = one.getBoundingClientRect();
      for (const other of controls.slice(index + 1, index + 12)) {
        // A button may lie in its field.
        const inField = one.parentElement === other.parentElement && getComputedStyle(other).position === "absolute";
        if (one.contains(other) || other.contains(one) || inField) continue;
        const b = other.getBoundingClientRect();
        const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
        if (across > 2 && down > 2) found.push(`overlapping: ${name(one)} and ${name(other)}`);
      }
    }
    // Texts over texts: each line of each text, as far as it is not clipped away.
    const clippedBy = (element: Element, rect: DOMRect) => {
      let { left, right, top, bottom } = rect;
      for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (overflowX === "visible" && overflowY === "visible") continue;
        const box = at.getBoundingClientRect();
        [left, right, top, bottom] = [Math.max(left, box.left), Math.min(right, box.right), Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      return { left, right, top, bottom };
    };
    const lines = texts.filter((element) => element.closest("main, .alone") !== null && element.closest("option, .uplot") === null).flatMap((element) =>
      [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent?.trim()).flatMap((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map((rect) => ({ element, ...clippedBy(element, rect) }));
      }),
    ).filter((line) => line.right > line.left && line.bottom > line.top).sort((one, other) => one.top - other.top);
    for (const [index, one] of lines.entries()) {
      for (const other of lines.slice(index + 1)) {
        if (other.top > one.bottom) break;
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - other.top;
        // Lines of one text may be set closer than their letters are tall.
        if (across > 2 && down > 5 && one.element !== other.element) found.push(`texts overlap: ${name(one.element)} and ${name(other.element)}`);
      }
    }
    return [...new Set(found)].slice(0, 10);
  });
}
