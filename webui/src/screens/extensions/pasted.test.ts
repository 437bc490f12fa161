import { describe, expect, test } from "vitest";
import { cellsOf, csv, emptyRow, fileOf, paste, placeOf } from "./pasted";

describe("pasted text", () => {
  test("tabs, semicolons and commas divide", () => {
    expect(cellsOf("201\tAna\r\n202\tJosé\r\n")).toEqual([["201", "Ana"], ["202", "José"]]);
    expect(cellsOf("\uFEFF201;Ana, a chefe\n")).toEqual([["201", "Ana, a chefe"]]);
    expect(cellsOf("201,Ana")).toEqual([["201", "Ana"]]);
  });

  test("quoted cells hold dividers, quotes and line ends", () => {
    expect(cellsOf('201\t"Ana ""Nina"" Sá"\n202\t"duas\nlinhas"')).toEqual([["201", 'Ana "Nina" Sá'], ["202", "duas linhas"]]);
    expect(cellsOf('"a;b",1')).toEqual([["a;b", "1"]]);
    expect(cellsOf('5" tela\tx')).toEqual([['5" tela', "x"]]);
  });

  test("a head says which column is which", () => {
    const { rows } = paste([emptyRow()], "Nome;Número;Setor\nAna;201;Vendas", 0, 2);
    expect(rows).toEqual([{ ...emptyRow(), number: "201", name: "Ana" }]);
  });

  test("without a head it begins at the cell", () => {
    const before = [{ ...emptyRow(), number: "201" }, { ...emptyRow(), number: "202" }];
    expect(paste(before, "Ana\nEva\nIda", 0, 1).rows.map((row) => [row.number, row.name])).toEqual([["201", "Ana"], ["202", "Eva"], ["", "Ida"]]);
  });

  test("what is too much is counted", () => {
    expect(paste([], "1\n2\n3", 1999, 0).left).toBe(2);
  });
});

test("errors find their cells past empty rows", () => {
  const rows = [emptyRow(), { ...emptyRow(), number: "201", name: 'A, "B"' }, emptyRow(), { ...emptyRow(), number: "1" }];
  const { text, from } = fileOf(rows);
  expect(text.split("\n")[1]).toBe('201,"A, ""B""",,,,');
  expect(placeOf("line 3: name", from)).toEqual({ row: 3, column: "name" });
  expect(placeOf("line 2", from)).toEqual({ row: 1, column: "number" });
  expect(placeOf("other", from)).toBeUndefined();
});

test("a file for a spreadsheet holds no formulas", () => {
  expect(csv([["=1+1", "a;b"]])).toBe(`\uFEFF'=1+1;"a;b"\r\n`);
});
