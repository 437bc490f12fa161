import { useState } from "preact/hooks";
import { ApiError, api, dataOf, type Of } from "../../api";
import { sortedBy } from "../../api/pages";
import { can } from "../../app/session";
import { AreaField, Banner, Button, Confirm, DataList, Dialog, Empty, Form, Icon, toast, useForm, type Column, type PageOf, type Query } from "../../ui";
import { number } from "../../words/format";
import { words } from "./words";

type Rate = Of<"Rate">;

/** What calls by a trunk cost: looked at, replaced as a whole, or emptied. */
export function RatesPart({ account, id }: { account: string; id: string }) {
  const w = words().rates;
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<"replace" | "delete" | undefined>(undefined);
  const params = { path: { account_id: account, trunk_id: id } };
  const fetchPage = async (query: Query): Promise<PageOf<Rate>> =>
    dataOf(await api.GET("/accounts/{account_id}/trunks/{trunk_id}/rates", { params: { ...params, query: sortedBy(query, ["prefix"]) } }));
  const remove = async () => {
    await api.DELETE("/accounts/{account_id}/trunks/{trunk_id}/rates", { params });
    setTurn(turn + 1);
  };
  const columns: Column<Rate>[] = [
    { key: "prefix", title: w.prefix, sort: "prefix", phone: "title", cell: (one) => one.prefix },
    { key: "price", title: w.price, numeric: true, phone: "aside", cell: (one) => number(Number(one.price), 6) },
  ];
  const replace = can("trunks.write") && <Button icon="upload" onPress={() => setOpen("replace")}>{w.replace}</Button>;
  const actions = can("trunks.write") && <>{replace}<Button kind="danger" icon="delete" onPress={() => setOpen("delete")}>{w.deleteAll}</Button></>;
  return (
    <>
      <DataList label={w.title} columns={columns} rowKey={(one) => one.prefix} fetchPage={fetchPage} keys={[account, id, turn]}
        sort={{ by: "prefix", order: "asc" }}
        {...(actions ? { actions } : {})} empty={<Empty icon="trunks" title={w.empty} action={replace}>{w.emptyHint}</Empty>} />
      {open === "replace" && <Replacement account={account} id={id} onClose={() => setOpen(undefined)} onDone={() => setTurn(turn + 1)} />}
      {open === "delete" && <Confirm title={w.deleteTitle} action={w.deleteAll} onConfirm={remove} onClose={() => setOpen(undefined)}>{w.deleteText}</Confirm>}
    </>
  );
}

function Replacement({ account, id, onClose, onDone }: { account: string; id: string; onClose: () => void; onDone: () => void }) {
  const w = words().rates;
  const [looked, setLooked] = useState<{ count: number; text: string } | undefined>(undefined);
  const form = useForm({ text: "" }, async ({ text }) => {
    const dry = looked?.text !== text;
    setLooked(undefined);
    const { count } = dataOf(await api.PUT("/accounts/{account_id}/trunks/{trunk_id}/rates", {
      params: { path: { account_id: account, trunk_id: id }, query: { dry_run: dry } },
      body: text, bodySerializer: (body) => body, headers: { "Content-Type": "text/csv" },
    }));
    if (dry) return setLooked({ count, text });
    toast(w.done(count));
    onDone();
    onClose();
  });
  const ready = looked !== undefined && looked.text === form.values.text ? looked : undefined;
  const stray = form.problem instanceof ApiError && (form.problem.problem.errors ?? []).length > 0;
  const choose = (file: File | undefined) => void file?.text().then((text) => form.set({ text }));
  return (
    <Dialog title={w.replace} onClose={onClose}>
      <Form form={form} action={ready ? w.put : w.look} onCancel={onClose} danger={ready !== undefined}>
        <label class="button button-plain trunks-file">
          <Icon name="upload" size={18} />{w.file}
          <input type="file" accept=".csv,text/csv,text/plain" onChange={(event) => choose(event.currentTarget.files?.[0])} />
        </label>
        <AreaField {...form.text("text")} label={w.text} hint={w.textHint} rows={8} mono placeholder={"prefix,price\n5511,0.0525"} />
        {ready && !stray && <Banner kind="warn">{w.would(ready.count)}</Banner>}
      </Form>
    </Dialog>
  );
}
