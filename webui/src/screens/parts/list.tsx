/** A list of ten thousand rows, some of them hostile. */
import { Badge, Button, Card, DataList, Dot, Empty, Menu, type Column, type PageOf, type Query } from "../../ui";
import { HOSTILE } from "./hostile";

interface Row {
  id: number;
  name: string;
  number: string;
  calls: number;
}

const NAMES = ["Recepção", "Vendas", HOSTILE.long, HOSTILE.rtl, HOSTILE.markup, HOSTILE.tall, "", "João Álvares"];
const ROWS: readonly Row[] = Array.from({ length: 10_000 }, (_, id) => ({ id, name: NAMES[id % NAMES.length] ?? "", number: String(1000 + id),
  calls: (id * 7919) % 1000 }));

async function page({ q = "", sort, order, cursor = "0", limit }: Query): Promise<PageOf<Row>> {
  await new Promise((resolve) => setTimeout(resolve, 150));
  const found = ROWS.filter((row) => `${row.name} ${row.number}`.toLowerCase().includes(q.toLowerCase()));
  const by = sort === "calls" ? [...found].sort((a, b) => a.calls - b.calls) : found;
  const sorted = order === "desc" ? [...by].reverse() : by;
  const next = Number(cursor) + limit;
  return { items: sorted.slice(Number(cursor), next), next_cursor: next < sorted.length ? String(next) : null };
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "name", title: "Name", phone: "title", sort: "name", cell: (row) => <a class="table-link" href="/parts" dir="auto">{row.name || "–"}</a> },
  { key: "number", title: "Number", width: "120px", phone: "detail", cell: (row) => row.number },
  { key: "state", title: "State", width: "140px", cell: (row) => <Badge {...(row.id % 3 ? { tone: "good" as const } : {})}><Dot {...(row.id % 3 ?
    { tone: "good" as const } : {})} />{row.id % 3 ? "registered" : "away"}</Badge> },
  { key: "calls", title: "Calls", width: "100px", numeric: true, sort: "calls", phone: "aside", cell: (row) => row.calls },
  { key: "menu", title: "", width: "64px", cell: (row) => <Menu label={`More of ${row.number}`} items={[{ label: "Edit", icon: "edit" }]} /> },
];

export function List() {
  return (
    <>
      <h2>List of 10,000</h2>
      <DataList label="Rows" columns={COLUMNS} rowKey={(row) => String(row.id)} fetchPage={page} keys={[]} sort={{ by: "name", order: "asc" }}
        empty={<Empty icon="search" title="Nothing" />} actions={<Button kind="primary" icon="add">Add</Button>} />
      <Card title="An empty list">
        <DataList label="Empty" columns={COLUMNS} rowKey={(row) => String(row.id)} fetchPage={async () => ({ items: [] })} keys={[]}
          empty={<Empty icon="phone" title="No extension yet" action={<Button kind="primary" icon="add">Make the first</Button>} />} />
      </Card>
    </>
  );
}
