import { save } from "../../app/save";

/** Under the name that the box gives it. */
export function saveAs(content: Blob, answer: Response): void {
  const name = /filename="?([\w.-]+)"?/.exec(answer.headers.get("content-disposition") ?? "");
  save(content, name?.[1] ?? "pabx.backup");
}
