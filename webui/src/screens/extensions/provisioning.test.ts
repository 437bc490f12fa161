import { expect, test } from "vitest";
import { hostPort, sipPort, typed, waveCode, type Account } from "./provisioning";

const ACCOUNT: Account = { domain: "sol.example", server: "192.0.2.7", port: 5060, user: "201", authUser: "sol-201", password: `a<b&"c'`, name: "José <Sá>" };

test("the code of Grandstream Wave is XML in ASCII with nothing unescaped", () => {
  const code = waveCode(ACCOUNT);
  expect(code).toContain("<RegisterServer>sol.example</RegisterServer><OutboundServer>192.0.2.7:5060</OutboundServer>");
  expect(code).toContain("<UserID>201</UserID><AuthID>sol-201</AuthID>");
  expect(code).toContain("<AuthPass>a&lt;b&amp;&quot;c&apos;</AuthPass>");
  expect(code).toContain("<DisplayName>Jose &lt;Sa&gt;</DisplayName>");
  expect(waveCode({ ...ACCOUNT, name: "מכירות" })).toContain("<DisplayName>201</DisplayName>");
});

test("addresses of the sixth kind stand in brackets", () => {
  expect(hostPort("2001:db8::7", 5061)).toBe("[2001:db8::7]:5061");
  expect(hostPort("[2001:db8::7]", 5060)).toBe("[2001:db8::7]:5060");
});

test("what is typed names the box as proxy", () => {
  expect(typed("linphone", ACCOUNT)).toContainEqual(["proxy", "<sip:192.0.2.7:5060;transport=tcp>"]);
  expect(typed("zoiper", ACCOUNT)[0]).toEqual(["username", "201@sol.example"]);
});

test("the port is that the box serves", () => {
  expect(sipPort(["127.0.0.1:5070", "[::]:5060"])).toBe(5070);
  expect(sipPort([])).toBe(5060);
});
