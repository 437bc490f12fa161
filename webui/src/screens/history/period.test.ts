import { expect, test } from "vitest";
import { rangeOf } from "./period";

const now = new Date("2026-11-27T02:30:00Z");
const [here, there] = ["America/Sao_Paulo", "Europe/Lisbon"];

test("today is the day of the account's zone, and not of whoever looks", () => {
  expect(rangeOf("today", "", "", here, now)).toEqual({ from: "2026-11-26T03:00:00.000Z" });
  expect(rangeOf("today", "", "", there, now)).toEqual({ from: "2026-11-27T00:00:00.000Z" });
  expect(rangeOf("7", "", "", here, now)).toEqual({ from: "2026-11-20T03:00:00.000Z" });
});

test("from a day to a day holds both days whole", () => {
  expect(rangeOf("range", "2026-11-25", "2026-11-26", here, now)).toEqual({ from: "2026-11-25T03:00:00.000Z", to: "2026-11-27T03:00:00.000Z" });
  expect(rangeOf("range", "2026-11-25", "", there, now)).toEqual({ from: "2026-11-25T00:00:00.000Z" });
  expect(rangeOf("range", "", "x", there, now)).toEqual({});
  expect(rangeOf("", "2026-11-25", "", there, now)).toEqual({});
});
