import type { ComponentChildren } from "preact";

/** A part of the form under a heading. */
export function Part({ title, hint, children }: { title: string; hint: string; children: ComponentChildren }) {
  return (
    <section class="card routes-part">
      <div class="stack-small"><h2>{title}</h2><p class="soft small">{hint}</p></div>
      {children}
    </section>
  );
}
