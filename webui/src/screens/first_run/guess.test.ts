import { describe, expect, it } from "vitest";
import { countryHere, domainOf, slugOf } from "./guess";
import { stepsOf } from "./shown_steps";

describe("defaults of the first run", () => {
  it("a short name is one that the box takes", () => {
    const names = ["Padaria São João Ltda.", "2 Irmãos", "  --Ação & Cia--  ", "Ü".repeat(80), "株式会社"];
    for (const name of names) expect(slugOf(name)).toMatch(/^$|^[a-z](?:-?[a-z0-9])*$/);
    expect(slugOf("Padaria São João Ltda.")).toBe("padaria-sao-joao-ltda");
    expect(slugOf("a".repeat(31) + " b").length).toBeLessThanOrEqual(32);
    expect(domainOf(slugOf("2 Irmãos"))).toBe("c-2-irmaos.internal");
  });

  it("the country comes from the zone, else from the languages, else it is Brazil", () => {
    expect(countryHere("America/Argentina/Cordoba", [])).toBe("ar");
    expect(countryHere("America/Sao_Paulo", ["pt-PT"])).toBe("br");
    expect(countryHere("Etc/UTC", ["pt-PT"])).toBe("pt");
    expect(countryHere("Asia/Tokyo", ["ja"])).toBe("br");
  });
});

describe("steps as the box tells them", () => {
  const titles = { dns: { title: "Names", advice: "Look." }, answer: { title: "Answer", advice: "Ask." } };

  it("are in our words, and as they came where we have none", () => {
    const [dns, answer, other] = stepsOf([
      { step: "dns", state: "failed", finding: "no answer (408)" }, { step: "answer", state: "ok", finding: "7 ms" },
      { step: "new", state: "failed", finding: "x", advice: "y" },
    ], titles, { "no answer": "Nobody answers" });
    expect(dns).toEqual({ key: "dns", title: "Names", state: "bad", detail: "Nobody answers (408). Look." });
    expect(answer?.detail).toBe("7 ms");
    expect(other).toEqual({ key: "new", title: "new", state: "bad", detail: "x. y" });
  });

  it("show the first that waits as the one at work", () => {
    const steps = [{ step: "dns", state: "ok" }, { step: "answer", state: "waiting" }, { step: "more", state: "waiting" }];
    expect(stepsOf(steps, titles, {}, true).map((one) => one.state)).toEqual(["good", "busy", "waiting"]);
  });
});
