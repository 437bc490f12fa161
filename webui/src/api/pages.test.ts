import { expect, test } from "vitest";
import { everyOne, sortedBy } from "./pages";

/** A list of so many, in pages of two. */
function listOf(count: number) {
  return async ({ cursor }: { limit: number; cursor?: string }) => {
    const first = Number(cursor ?? "0");
    const items = Array.from({ length: count }, (_, index) => index).slice(first, first + 2);
    return { items, next_cursor: first + 2 < count ? String(first + 2) : null };
  };
}

test("a list is read to its end, or until there are more than enough", async () => {
  expect(await everyOne(listOf(5))).toEqual([0, 1, 2, 3, 4]);
  expect(await everyOne(listOf(0))).toEqual([]);
  expect(await everyOne(listOf(9), 3)).toEqual([0, 1, 2, 3]);
});

test("a word that the list cannot be sorted by is not asked for", () => {
  expect(sortedBy({ limit: 1, sort: "name" }, ["name"])).toEqual({ limit: 1, sort: "name" });
  expect(sortedBy({ limit: 1, sort: "secret" }, ["name"])).toEqual({ limit: 1 });
});
