import { expect, test } from "vitest";
import { ApiError } from "../api/client";
import { toEach } from "./each";

const refusal = (status: number) => new ApiError(status, { type: "x", title: "x", status, instance: "/" }, 2);

test("a row that fails keeps none of the others from being done, and is named with its reason", async () => {
  const told: number[] = [];
  const wrong = refusal(409);
  const found = await toEach([1, 2, 3, 4, 5, 6], async (row) => { if (row === 3) throw wrong; }, { told: (behind) => told.push(behind) });
  expect([...found.done].sort()).toEqual([1, 2, 4, 5, 6]);
  expect(found.failed).toEqual([{ row: 3, problem: wrong }]);
  expect(told).toEqual([1, 2, 3, 4, 5, 6]);
});

test("where the box says that it is too much, it is asked again after the time that it says", async () => {
  const waits: number[] = [];
  let refused = 0;
  const found = await toEach([1], async () => { if (refused++ < 2) throw refusal(429); }, { wait: async (seconds) => void waits.push(seconds) });
  expect([found.done, waits]).toEqual([[1], [2, 2]]);
  const never = await toEach([1], async () => { throw refusal(429); }, { wait: async () => undefined });
  expect(never.failed).toHaveLength(1);
});

test("what has not begun when it is stopped is left", async () => {
  let begun = 0;
  const found = await toEach(Array.from({ length: 20 }, (_, row) => row), async () => void begun++, { stopped: () => begun >= 4 });
  expect(begun).toBeLessThan(20);
  expect(found.done).toHaveLength(begun);
});
