/** A real box with its phones (tests/web/office.py), driven by lines of JSON. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { join } from "node:path";

/** The tests run in `webui`. */
export const ROOT = join(process.cwd(), "..");

export interface Person {
  username: string;
  password: string;
}

export type RoleName = "boss" | "admin" | "user";

export interface Hello {
  url: string;
  certificate: string;
  sip: string;
  domain: string;
  pid: number;
  database: string;
  world: {
    account: string;
    other: string;
    extensions: string[];
    trunk: string;
    hours: string;
    people: Record<RoleName, Person>;
  };
}

export type Answer = Record<string, unknown> & { ok: boolean; error?: string };

export class Office {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly hello: Hello,
  ) {}

  static async start(folder: string, ...options: string[]): Promise<Office> {
    const python = process.env.PYTHON ?? join(ROOT, ".cache/python/bin/python");
    const child = spawn(python, [join(ROOT, "tests/web/office.py"), folder, ...options], { stdio: ["pipe", "pipe", "inherit"] });
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new Error("the box did not start");
    return new Office(child, lines, JSON.parse(first.value) as Hello);
  }

  /** Does it and answers what came of it; throws where it failed. */
  async do(word: string, values: Record<string, unknown> = {}): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify({ do: word, ...values })}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`${word}: the box is gone`);
    const answer = JSON.parse(line.value) as Answer;
    if (!answer.ok) throw new Error(`${word}: ${answer.error}`);
    return answer;
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    await new Promise((resolve) => this.child.on("exit", resolve));
  }
}
