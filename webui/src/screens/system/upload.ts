/** Sends a file to the box, telling how far it is: `fetch` does not tell. */
import { ApiError, Unreachable, csrfToken, type Problem } from "../../api";

export interface Upload<T> {
  done: Promise<T>;
  stop(): void;
}

function problemOf(request: XMLHttpRequest): Problem {
  try {
    return JSON.parse(request.responseText) as Problem;
  } catch {
    return { type: "no-proper-answer", title: request.statusText, status: request.status, instance: "" };
  }
}

/** `read` makes the answer of its text; `onProgress` hears the share that has been sent. */
export function upload<T>(path: string, file: File, read: (text: string) => T, onProgress: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.open("PUT", `/api/v1${path}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    if (csrfToken.value !== undefined) request.setRequestHeader("x-csrf-token", csrfToken.value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(read(request.responseText));
      else reject(new ApiError(request.status, problemOf(request), undefined));
    };
    request.onerror = () => reject(new Unreachable("the file did not arrive"));
    request.onabort = () => reject(new Stopped("stopped"));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

/** Whoever sent it stopped it. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}
