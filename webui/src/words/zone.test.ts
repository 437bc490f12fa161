import { expect, test } from "vitest";
import { dayIn, dayStart, sameClock, toLocal, toMoment } from "./zone";

test("a time of the account's zone is the moment that its clocks show it at", () => {
  expect(toMoment("2026-11-26T14:05", "America/Sao_Paulo")).toBe("2026-11-26T17:05:00.000Z");
  expect(toMoment("2026-07-01T00:30", "Europe/Lisbon")).toBe("2026-06-30T23:30:00.000Z");
  expect(toLocal("2026-11-26T17:05:30Z", "America/Sao_Paulo")).toBe("2026-11-26T14:05");
  expect(toMoment("", "America/Sao_Paulo")).toBeUndefined();
  expect(toLocal("yesterday", "America/Sao_Paulo")).toBe("");
});

test("at one moment it is one day here and another there", () => {
  const at = new Date("2026-11-27T02:30:00Z");
  expect([dayIn(at, "America/Sao_Paulo"), dayIn(at, "Europe/Lisbon"), dayIn(at, "Asia/Tokyo")]).toEqual(["2026-11-26", "2026-11-27", "2026-11-27"]);
});

test("a day begins with its first moment in its zone", () => {
  expect(dayStart("2026-11-26", "America/Sao_Paulo")).toBe("2026-11-26T03:00:00.000Z");
  expect(dayStart("2026-11-26", "America/Sao_Paulo", 1)).toBe("2026-11-27T03:00:00.000Z");
  expect(dayStart("2026-12-31", "Asia/Kathmandu", 1)).toBe("2026-12-31T18:15:00.000Z");
  expect([dayStart("", "UTC"), dayStart("26/11/2026", "UTC")]).toEqual([undefined, undefined]);
});

test("also where clocks leave midnight out, or a day is longer or shorter", () => {
  // Until 2018, summer time in Brazil began at midnight: the day began at 1:00.
  expect(dayStart("2018-11-04", "America/Sao_Paulo")).toBe("2018-11-04T03:00:00.000Z");
  expect(dayStart("2018-02-18", "America/Sao_Paulo")).toBe("2018-02-18T03:00:00.000Z");
  expect(dayStart("2026-03-29", "Europe/Lisbon", 1)).toBe("2026-03-29T23:00:00.000Z");
});

test("clocks that show the same need no word", () => {
  expect(sameClock("America/Sao_Paulo", "America/Fortaleza")).toBe(true);
  expect(sameClock("Europe/Lisbon", "UTC", Date.parse("2026-12-01T00:00:00Z"))).toBe(false);
});
