import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { accounts } from "../../app/session";
import { Banner, Button, Card, CopyText, Pairs, Qr } from "../../ui";
import type { Device, Extension } from "./devices";
import { keepPhonePasswords, phonePasswords } from "./kept";
import { words } from "./words";

interface Props {
  account: string;
  extension: Extension;
  device: Device | undefined;
}

/** Where phones reach the box: by the name or address that this page came from, at the port where the box listens. */
function useServer(): string {
  const asked = useAsk(async () => dataOf(await api.GET("/system/info")).sip, []);
  const port = asked.data?.map((one) => /:(\d+)$/.exec(one)?.[1]).find((one) => one !== undefined) ?? "5060";
  return port === "5060" ? location.hostname : `${location.hostname}:${port}`;
}

/** What is typed into a phone, or read by it from the picture. */
export function PhoneData({ account, extension, device }: Props) {
  const w = words().phones;
  const server = useServer();
  const domain = accounts.value.find((one) => one.account_id === account)?.domain ?? "";
  const password = phonePasswords.value.get(extension.extension_id);
  const data: [string, string][] = [[w.server, server], [w.domain, domain], [w.user, extension.number], [w.authUser, extension.username]];
  if (password !== undefined) data.push([w.password, password]);
  return (
    <Card title={w.dataOf(extension.number)}>
      <div class="first_run-data">
        {password !== undefined && <Qr label={w.picture(extension.number)} text={data.map(([name, value]) => `${name}: ${value}`).join("\n")} />}
        <Pairs pairs={[
          ...data.map(([name, value]) => [name, <CopyText text={value} label={name} />] as const),
          [w.phone, device ? <span dir="auto">{device.user_agent || w.registered}</span> : undefined],
        ]} />
      </div>
      {password === undefined && <ShowPassword account={account} extension={extension} />}
    </Card>
  );
}

/** The page was left meanwhile: the password is shown on a deliberate press, which the audit keeps. */
function ShowPassword({ account, extension }: { account: string; extension: Extension }) {
  const w = words().phones;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const show = async () => {
    setBusy(true);
    try {
      const path = { account_id: account, extension_id: extension.extension_id };
      const { password } = dataOf(await api.GET("/accounts/{account_id}/extensions/{extension_id}/password", { params: { path } }));
      keepPhonePasswords([{ extension_id: extension.extension_id, password }]);
    } catch (found) {
      setProblem(found);
    }
    setBusy(false);
  };
  return (
    <>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      <div class="row">
        <Button icon="key" busy={busy} onPress={() => void show()}>{w.showPassword}</Button>
        <span class="soft small">{w.showPasswordHint}</span>
      </div>
    </>
  );
}
