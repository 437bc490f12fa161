/** A new account: from its name come the short name and the domain, as long as nobody has typed others. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { to } from "../../app/places";
import { refresh } from "../../app/session";
import { Card, Form, Page, TextField, toast, useForm } from "../../ui";
import { words } from "./words";

export function slugOf(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 32).replace(/-+$/,
    "");
}

/** Below the box's own name, where it has one. */
function domainOf(slug: string): string {
  const host = location.hostname;
  const own = /[a-z]/i.test(host) && host.includes(".") && !host.includes(":") ? host : "pabx.local";
  return slug === "" ? "" : `${slug}.${own}`;
}

export function numberOf(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

export function NewAccount() {
  const w = words().account;
  const { route } = useLocation();
  const [key] = useState(() => crypto.randomUUID());
  const form = useForm({ name: "", slug: "", domain: "", max_extensions: "20", max_calls: "10" }, async (values) => {
    const max_calls = numberOf(values.max_calls);
    const body = { name: values.name, slug: values.slug, domain: values.domain, max_extensions: Number(values.max_extensions), ...(max_calls === undefined ?
      {} : { max_calls }) };
    const made = dataOf(await api.POST("/accounts", { params: { header: { "Idempotency-Key": key } }, body }));
    await refresh();
    toast(w.made(made.name));
    route(to("overview", `accounts/${made.account_id}`));
  });
  const { values } = form;
  const named = (name: string) => {
    const before = slugOf(values.name);
    const slug = values.slug === before ? slugOf(name) : values.slug;
    form.set({ name, slug, ...(values.domain === domainOf(values.slug) ? { domain: domainOf(slug) } : {}) });
  };
  const shortened = (slug: string) => form.set({ slug, ...(values.domain === domainOf(values.slug) ? { domain: domainOf(slug) } : {}) });
  return (
    <Page title={w.add} back={{ href: to("overview", "accounts"), label: words().tabs.accounts }}>
      <Card>
        <Form form={form} action={w.create}>
          <TextField {...form.text("name")} label={w.name} required maxLength={64} autoFocus onValue={named} />
          <TextField {...form.text("slug")} label={w.slug} hint={w.slugHint} required maxLength={32} mono onValue={shortened} />
          <TextField {...form.text("domain")} label={w.domain} hint={w.domainHint} required mono />
          <div class="form-pair">
            <TextField {...form.text("max_extensions")} label={w.maxExtensions} type="number" inputMode="numeric" min={0} />
            <TextField {...form.text("max_calls")} label={w.maxCalls} type="number" inputMode="numeric" min={0} />
          </div>
        </Form>
      </Card>
    </Page>
  );
}
