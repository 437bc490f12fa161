/** The phone book as a file that can be imported again. */
import { api, dataOf } from "../../../api";
import { everyOne } from "../../../api/pages";
import { save } from "../../../app/save";

/** Names that a spreadsheet would take for a formula are made text. */
function cell(text: string): string {
  const plain = /^[=@\-\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export async function saveBook(account: string): Promise<void> {
  const page = (query: { limit: number; cursor?: string }) =>
    api.GET("/accounts/{account_id}/phone-book", { params: { path: { account_id: account }, query: { ...query, sort: "name" } } }).then(dataOf);
  const entries = await everyOne(page, Number.POSITIVE_INFINITY);
  const lines = ["name,number", ...entries.map((one) => `${cell(one.name)},${one.number}`)];
  save(`\u{feff}${lines.join("\r\n")}\r\n`, "phone-book.csv");
}
