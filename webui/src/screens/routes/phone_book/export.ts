/** The phone book as a file that can be imported again. */
import { api, dataOf } from "../../../api";

const PAGE = 500;

/** Names that a spreadsheet would take for a formula are made text. */
function cell(text: string): string {
  const plain = /^[=@\-\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export async function saveBook(account: string): Promise<void> {
  const lines = ["name,number"];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, sort: "name" as const, ...(cursor === undefined ? {} : { cursor }) };
    const page = dataOf(await api.GET("/accounts/{account_id}/phone-book", { params: { path: { account_id: account }, query } }));
    lines.push(...page.items.map((one) => `${cell(one.name)},${one.number}`));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  const address = URL.createObjectURL(new Blob([`\u{feff}${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: "phone-book.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
