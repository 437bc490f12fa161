import "./credentials.css";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Mark } from "../../app/mark";
import { common } from "../../words/common";
import { Languages } from "./languages";

/** A page for who is not in yet: one box in the middle. */
export function Alone({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }) {
  const w = common();
  useEffect(() => {
    document.title = `${title} · ${w.product}`;
  }, [title]);
  return (
    <div class="credentials-page">
      <main class="credentials-box">
        <div class="credentials-brand"><Mark /><span>{w.product}</span></div>
        <div class="stack-small">
          <h1>{title}</h1>
          {lead !== undefined && <p class="soft">{lead}</p>}
        </div>
        {children}
      </main>
      <footer><Languages /></footer>
    </div>
  );
}
