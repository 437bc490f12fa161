/** Gives something to the browser to be kept as a file. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Under the name that the box gives it. */
export function saveAs(content: Blob, answer: Response): void {
  const name = /filename="?([\w.-]+)"?/.exec(answer.headers.get("content-disposition") ?? "");
  save(content, name?.[1] ?? "pabx.backup");
}
