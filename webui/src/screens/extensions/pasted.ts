/** Text as spreadsheets put it into the clipboard or into a file, and the file the box reads. */

export const COLUMNS = ["number", "name", "calling_class", "caller_id", "max_devices", "ring_seconds"] as const;
export type ColumnName = (typeof COLUMNS)[number];
export type Row = Record<ColumnName, string>;

/** What the box takes in one go. */
export const MAX_ROWS = 2000;

export function emptyRow(): Row {
  return { number: "", name: "", calling_class: "", caller_id: "", max_devices: "", ring_seconds: "" };
}

export function isEmpty(row: Row): boolean {
  return COLUMNS.every((name) => row[name].trim() === "");
}

/** What divides cells: tabs from a clipboard, else semicolons, else commas, by the first line; quoted dividers do not count. */
function divider(text: string): string {
  const first = text.replaceAll(/"[^"]*"/g, "").split(/\r\n|\r|\n/, 1)[0] ?? "";
  return ["\t", ";", ","].find((one) => first.includes(one)) ?? "\t";
}

/** The cells of a pasted text. A quoted cell may hold dividers, line ends and doubled quotes (RFC 4180). */
export function cellsOf(text: string): string[][] {
  const clean = text.replace(/^\uFEFF/, "");
  const split = divider(clean);
  const lines: string[][] = [];
  let [line, cell, quoted]: [string[], string, boolean] = [[], "", false];
  const endCell = () => {
    line.push(cell.replaceAll(/\s+/g, " ").trim());
    cell = "";
  };
  const endLine = () => {
    endCell();
    if (line.some((one) => one !== "")) lines.push(line);
    line = [];
  };
  for (let at = 0; at < clean.length; at++) {
    const sign = clean.charAt(at);
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (clean.charAt(at + 1) === '"') cell += clean.charAt(++at);
      else quoted = false;
    } else if (sign === '"' && cell.trim() === "") [quoted, cell] = [true, ""];
    else if (sign === split) endCell();
    else if (sign === "\n" || sign === "\r") endLine();
    else cell += sign;
  }
  endLine();
  return lines;
}

/** Words people write over their columns, in the three languages. */
const HEADS: Record<ColumnName, RegExp> = {
  number: /^(number|numero|ramal|extension|interno|ext)$/,
  name: /^(name|nome|nombre|usuario)$/,
  calling_class: /^(calling[ _]class|class|classe|clase|categoria|may call|pode ligar para|puede llamar a)$/,
  caller_id: /^(caller[ _]id|bina|identificador|number shown|numero mostrado)$/,
  max_devices: /^(max[ _]devices|devices|phones|telefones|telefonos)$/,
  ring_seconds: /^(ring[ _]seconds|rings \(s\)|toca \(s\)|timbra \(s\))$/,
};

function columnOf(head: string): ColumnName | undefined {
  const plain = head.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return COLUMNS.find((name) => HEADS[name].test(plain));
}

/** The order of columns that a head line gives; undefined: the first line is no head. */
export function headOf(line: readonly string[]): (ColumnName | undefined)[] | undefined {
  const found = line.map(columnOf);
  return found.includes("number") ? found : undefined;
}

/** Puts pasted text into rows from a cell on. With a head, its columns are found by name, wherever it is pasted. */
export function paste(rows: readonly Row[], text: string, atRow: number, atColumn: number): { rows: Row[]; left: number } {
  const cells = cellsOf(text);
  const head = headOf(cells[0] ?? []);
  const body = head ? cells.slice(1) : cells;
  const order = head ?? COLUMNS.slice(atColumn);
  const next = rows.map((row) => ({ ...row }));
  let left = 0;
  body.forEach((line, place) => {
    if (atRow + place >= MAX_ROWS) {
      left++;
      return;
    }
    while (next.length <= atRow + place) next.push(emptyRow());
    const row = next[atRow + place];
    line.forEach((value, index) => {
      const name = order[index];
      if (row && name) row[name] = value;
    });
  });
  return { rows: next, left };
}

/** A cell of a file. */
function quotedCell(text: string): string {
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The file as the box reads it, of rows that are not empty; and which row each line is from. */
export function fileOf(rows: readonly Row[]): { text: string; from: number[] } {
  const from = rows.flatMap((row, index) => (isEmpty(row) ? [] : [index]));
  const lines = from.map((index) => COLUMNS.map((name) => quotedCell((rows[index]?.[name] ?? "").trim())).join(","));
  return { text: `${[COLUMNS.join(","), ...lines].join("\n")}\n`, from };
}

/** At which cell an error of the box stands: `line 3: name`. Line 1 is the head. */
export function placeOf(field: string, from: readonly number[]): { row: number; column: ColumnName } | undefined {
  const found = /^line (\d+)(?:: (\w+))?$/.exec(field);
  const row = found ? from[Number(found[1]) - 2] : undefined;
  if (row === undefined) return undefined;
  return { row, column: COLUMNS.find((name) => name === found?.[2]) ?? "number" };
}

/** A file for a spreadsheet. What begins like a formula is kept from being one. */
export function csv(rows: readonly (readonly string[])[]): string {
  const safe = (text: string) => quotedCell(/^[=+\-@\t]/.test(text) ? `'${text}` : text);
  return `\uFEFF${rows.map((row) => row.map(safe).join(";")).join("\r\n")}\r\n`;
}
