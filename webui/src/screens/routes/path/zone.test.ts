import { expect, test } from "vitest";
import { toLocal, toMoment } from "./zone";

test("a time of the account's zone is the moment that its clocks show it at", () => {
  expect(toMoment("2026-11-26T14:05", "America/Sao_Paulo")).toBe("2026-11-26T17:05:00.000Z");
  expect(toMoment("2026-07-01T00:30", "Europe/Lisbon")).toBe("2026-06-30T23:30:00.000Z");
  expect(toLocal("2026-11-26T17:05:30Z", "America/Sao_Paulo")).toBe("2026-11-26T14:05");
  expect(toMoment("", "America/Sao_Paulo")).toBeUndefined();
  expect(toLocal("yesterday", "America/Sao_Paulo")).toBe("");
});
