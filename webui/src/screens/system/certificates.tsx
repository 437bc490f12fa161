import "./system.css";
import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk, wordsOf, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { AreaField, Badge, Banner, Button, Card, Confirm, Form, Loaded, Pairs, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { dateTime, relative } from "../../words/format";
import { AcmeSettings } from "./acme";
import { checkPem } from "./checks";
import { words } from "./words";

type Certificate = Of<"Certificate">;
const SOON_MS = 21 * 86_400_000;

export function Certificates() {
  const asked = useAsk(async () => dataOf(await api.GET("/system/certificates")), [], 15);
  const may = canBox("system.write");
  return (
    <Loaded asked={asked}>
      {(found) => (
        <>
          <Served found={found} asked={asked} />
          <div class="system-columns">
            <AcmeSettings onSaved={asked.reload} />
            {may && found.acme.state === "off" && <Install asked={asked} />}
          </div>
        </>
      )}
    </Loaded>
  );
}

function Served({ found, asked }: { found: Certificate; asked: Asked<Certificate> }) {
  const w = words();
  const left = new Date(found.not_after).getTime() - Date.now();
  const tone = left <= 0 ? "bad" : left < SOON_MS ? "warn" : "good";
  return (
    <Card title={w.certificate.served} actions={canBox("system.write") && <Ways found={found} asked={asked} />}>
      {found.self_signed && <Banner kind="info">{w.certificate.selfSigned}</Banner>}
      <Pairs pairs={[
        [w.certificate.source, w.certificate.sources[found.source]],
        [w.certificate.names, <span dir="auto">{found.names.join(", ")}</span>],
        [w.certificate.issuer, <span dir="auto">{found.issuer}</span>],
        [w.certificate.until, <span class="row">{dateTime(found.not_after)} <Badge tone={tone}>{relative(found.not_after)}</Badge></span>],
        [w.certificate.fingerprint, <code>{found.fingerprint_sha256}</code>],
        ...orders(found.acme),
      ]} />
      {found.acme.error && <Banner kind="bad">{w.acme.failed(found.acme.failures)} <span lang="en" dir="auto">{found.acme.error}</span></Banner>}
    </Card>
  );
}

function orders(acme: Of<"AcmeState">): [string, string][] {
  const w = words();
  const pairs: [string, string][] = [[w.acme.title, w.acme.states[acme.state]]];
  if (acme.state === "off") return pairs;
  if (acme.last_attempt) pairs.push([w.acme.last, dateTime(acme.last_attempt)]);
  if (acme.next_attempt) pairs.push([w.acme.next, dateTime(acme.next_attempt)]);
  return pairs;
}

function Ways({ found, asked }: { found: Certificate; asked: Asked<Certificate> }) {
  const w = words();
  const [sure, setSure] = useState(false);
  const order = () => {
    api.POST("/system/certificates/acme").then((answer) => {
      asked.put(dataOf(answer));
      toast(w.acme.ordered);
    }, (problem: unknown) => toast(wordsOf(problem)));
  };
  const own = async () => {
    asked.put(dataOf(await api.POST("/system/certificates/self-signed")));
    toast(common().states.saved);
  };
  return (
    <>
      {found.acme.state === "waiting" && <Button small icon="reload" onPress={order}>{w.acme.now}</Button>}
      {found.acme.state === "off" && !found.made_here && <Button small onPress={() => setSure(true)}>{w.certificate.back}</Button>}
      {sure && (
        <Confirm title={w.certificate.backTitle} action={w.certificate.back} onConfirm={own} onClose={() => setSure(false)}>{w.certificate.backHint}</Confirm>
      )}
    </>
  );
}

function Install({ asked }: { asked: Asked<Certificate> }) {
  const w = words();
  const form = useForm({ chain: "", key: "" }, async (body) => {
    asked.put(dataOf(await api.PUT("/system/certificates", { body })));
    form.reset({ chain: "", key: "" });
    toast(w.certificate.installed);
  }, checkPem);
  return (
    <Card title={w.certificate.install}>
      <Form form={form} action={w.certificate.installAction}>
        <AreaField {...form.text("chain")} rows={6} mono label={w.certificate.chain} hint={w.certificate.chainHint} placeholder="-----BEGIN CERTIFICATE-----" />
        <AreaField {...form.text("key")} rows={4} mono label={w.certificate.key} hint={w.certificate.keyHint} />
      </Form>
    </Card>
  );
}
