import { api, dataOf, type Of } from "../../api";
import { account as currentAccount, accounts } from "../../app/session";
import { common } from "../../words/common";
import { AreaField, Button, ChoiceField, Form, Loaded, TextField, useForm } from "../../ui";
import { useDevices, useExtensions } from "./devices";
import { keepPhonePasswords } from "./kept";
import { PhoneList } from "./phone_list";
import { useGo } from "./steps";
import { words } from "./words";

interface Values {
  way: string;
  first: string;
  last: string;
  list: string;
}

const FIRST = 1000;
const MANY = 10;

/** All at once: numbers in a row, or a list. */
export function ExtensionsStep({ account }: { account: string }) {
  const asked = useExtensions(account);
  const devices = useDevices(account);
  const w = words();
  const go = useGo();
  return (
    <Loaded asked={asked}>
      {(extensions) => (extensions.length === 0 ? <NewExtensions account={account} /> : (
        <>
          <PhoneList extensions={extensions} devices={devices} />
          <div class="form-actions"><Button kind="primary" onPress={() => go("phones")}>{common().actions.next}</Button></div>
          <details class="first_run-more">
            <summary>{w.extensions.addMore}</summary>
            <NewExtensions account={account} after={extensions.at(-1)?.number} />
          </details>
        </>
      ))}
    </Loaded>
  );
}

/** Lines of `number;name` (or with a comma, or a tab) as the API's CSV; the name is the number where there is none. */
export function csvOf(text: string, nameOf: (number: string) => string): string {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const rows = text.split(/\r?\n/).map((line) => /^\s*([^;,\t]*)[;,\t]?(.*)$/.exec(line)).filter((found) => (found?.[1] ?? "").trim() !== "");
  const lines = rows.map((found) => {
    const number = (found?.[1] ?? "").trim();
    return `${quoted(number)},${quoted((found?.[2] ?? "").trim() || nameOf(number))}`;
  });
  return `number,name\r\n${lines.join("\r\n")}\r\n`;
}

async function make(account_id: string, values: Values): Promise<Of<"Imported">> {
  const w = words().extensions;
  const params = { path: { account_id } };
  if (values.way === "range") {
    const body = { first: values.first.trim(), last: values.last.trim(), name: w.nameOf("{number}") };
    return dataOf(await api.POST("/accounts/{account_id}/extensions/range", { params, body }));
  }
  const csv = { body: csvOf(values.list, w.nameOf), bodySerializer: (text: string) => text, headers: { "content-type": "text/csv" } };
  return dataOf(await api.POST("/accounts/{account_id}/extensions/import", { params, ...csv }));
}

function checked({ way, first, last, list }: Values): Record<string, string> {
  const w = words();
  if (way === "list") return list.trim() === "" ? { list: w.missing } : {};
  const wrong = (text: string) => !/^\d{2,6}$/.test(text.trim());
  if (wrong(first)) return { first: w.extensions.numberWrong };
  return wrong(last) || first.trim().length !== last.trim().length || Number(last) < Number(first) ? { last: w.extensions.lastWrong } : {};
}

function NewExtensions({ account, after }: { account: string; after?: string | undefined }) {
  const w = words().extensions;
  const go = useGo();
  const limit = accounts.value.find((one) => one.account_id === account)?.max_extensions ?? currentAccount.value?.max_extensions ?? MANY;
  const first = after === undefined ? FIRST : Number(after) + 1;
  const begin: Values = { way: "range", first: String(first), last: String(first + Math.max(1, Math.min(MANY, limit)) - 1), list: "" };
  const form = useForm(begin, async (values) => {
    keepPhonePasswords((await make(account, values)).items);
    go("phones");
  }, checked);
  const count = Number(form.values.last) - Number(form.values.first) + 1;
  return (
    <Form form={form} action={w.make}>
      <ChoiceField name="way" label={w.way} value={form.values.way} onValue={(way) => form.set({ way })}
        options={[{ value: "range", label: w.range }, { value: "list", label: w.list }]} />
      {form.values.way === "range" ? (
        <div class="form-pair">
          <TextField {...form.text("first")} label={w.first} inputMode="numeric" maxLength={6} />
          <TextField {...form.text("last")} label={w.last} inputMode="numeric" maxLength={6} hint={count > 0 ? w.count(count) : undefined} />
        </div>
      ) : <AreaField {...form.text("list")} label={w.listLabel} hint={w.listHint} placeholder={w.listExample} rows={8} mono />}
    </Form>
  );
}
