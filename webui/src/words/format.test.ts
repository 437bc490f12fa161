import { afterEach, describe, expect, test } from "vitest";
import { dateTime, dayMonth, duration, isMidnight, number, octets, percent, phone, relative, sameDay, shownZone, time, zoneName } from "./format";
import { firstLanguage, language } from "./language";

afterEach(() => {
  language.value = "en";
  shownZone.value = undefined;
});

describe("what is shown has the form of the language", () => {
  test("numbers", () => {
    language.value = "pt-BR";
    expect(number(1234567.89, 2)).toBe("1.234.567,89");
    language.value = "en";
    expect(number(1234567.89, 2)).toBe("1,234,567.89");
    expect(percent(0.873)).toBe("87%");
  });

  test("sizes take the unit that fits", () => {
    expect([octets(512), octets(1500), octets(12_300_000_000)]).toEqual(["512 bytes", "1.5 kB", "12 GB"]);
  });

  test("durations have hours only where there are some", () => {
    expect([duration(0), duration(187_999), duration(3_723_000), duration(-5)]).toEqual(["0:00", "3:07", "1:02:03", "0:00"]);
  });

  test("what is past and what is to come", () => {
    const now = Date.parse("2026-11-26T12:00:00Z");
    expect(relative("2026-11-26T11:57:00Z", now)).toBe("3 minutes ago");
    expect(relative("2026-11-28T12:00:00Z", now)).toBe("in 2 days");
    language.value = "pt-BR";
    expect(relative("2026-11-25T12:00:00Z", now)).toBe("ontem");
  });

  test("numbers of Brazil in groups, all others as they are", () => {
    expect([phone("+551133334444"), phone("+5511987654321"), phone("1001"), phone("+12125550100")]).toEqual(
      ["+55 11 3333-4444", "+55 11 98765-4321", "1001", "+12125550100"],
    );
  });
});

describe("times are those of the zone that is shown", () => {
  const at = "2026-11-27T02:30:05Z";

  test("on either side of a day's end", () => {
    language.value = "pt-BR";
    shownZone.value = "America/Sao_Paulo";
    expect([dateTime(at), dayMonth(at), time(at)]).toEqual(["26/11/2026, 23:30:05", "26/11", "23:30"]);
    shownZone.value = "Europe/Lisbon";
    expect([dateTime(at), dayMonth(at), time(at)]).toEqual(["27/11/2026, 02:30:05", "27/11", "02:30"]);
  });

  test("what is one day in one zone is two in another", () => {
    const before = "2026-11-26T23:00:00Z";
    shownZone.value = "America/Sao_Paulo";
    expect([sameDay(before, at), isMidnight("2026-11-27T03:00:00Z")]).toEqual([true, true]);
    shownZone.value = "Europe/Lisbon";
    expect([sameDay(before, at), isMidnight("2026-11-27T03:00:00Z")]).toEqual([false, false]);
  });

  test("a zone that the browser does not know is no error", () => {
    shownZone.value = "Mars/Olympus";
    expect(dateTime(at)).not.toBe("");
    expect(zoneName("Mars/Olympus")).toBe("Mars/Olympus");
    expect(zoneName("America/Sao_Paulo")).toContain("(America/Sao_Paulo)");
  });
});

describe("the first language", () => {
  test("what was chosen here goes before what the browser wants", () => {
    expect(firstLanguage("es", ["en-US"])).toBe("es");
    expect(firstLanguage("xx", ["fr-FR", "es-419", "en"])).toBe("es");
    expect(firstLanguage(null, ["pt-PT"])).toBe("pt-BR");
    expect(firstLanguage(null, ["fr"])).toBe("pt-BR");
  });
});
