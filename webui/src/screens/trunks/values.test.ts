import { expect, test } from "vitest";
import { bodyOf, ticked, valuesOf, valuesOfTemplate } from "./values";

test("an empty password is not sent, and empty fields are none", () => {
  const body = bodyOf({ ...valuesOf({}), name: "Linha", host: " sip.example ", username: "u", networks: "192.0.2.0/28\n\n198.51.100.1" });
  expect(body).toMatchObject({ host: "sip.example", port: null, caller_id: null, username: "u", networks: ["192.0.2.0/28", "198.51.100.1"] });
  expect("password" in body).toBe(false);
});

test("by address there is no user name", () => {
  const body = bodyOf({ ...valuesOf({}), auth_type: "address", username: "u", password: "p", auth_username: "a" });
  expect("username" in body || "password" in body).toBe(false);
  expect(body.profile?.auth_username).toBeNull();
});

test("a template fills in what it knows", () => {
  const trunk = { auth_type: "digest", transport: "tls", port: 5061, odd: { deep: 1 }, profile: { codecs: ["pcma"], number_form: "e164" } };
  const values = valuesOfTemplate({ id: "x", name: "X", ask: [], notes: {}, trunk });
  expect(values).toMatchObject({ transport: "tls", port: "5061", codecs: "pcma", number_form: "e164" });
  expect(valuesOfTemplate({ id: "x", name: "X", ask: [], notes: {}, trunk: null }).auth_type).toBe("digest");
});

test("codecs stand in the order of ticking", () => {
  expect(ticked(ticked("pcmu", "pcma", true), "pcmu", true)).toBe("pcma pcmu");
  expect(ticked("pcma pcmu", "pcma", false)).toBe("pcmu");
});
