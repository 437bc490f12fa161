import "./first_run.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { expired } from "../../api";
import { Mark } from "../../app/mark";
import { home } from "../../app/places";
import { phase } from "../../app/session";
import { SignInAgain } from "../../app/sign_in_again";
import { Icon, Toasts } from "../../ui";
import { common } from "../../words/common";
import { STEPS, addressOf, type StepName } from "./steps";
import { words } from "./words";

interface Props {
  step: StepName;
  children: ComponentChildren;
}

/** Around every screen of the first run: how far it has come, what this screen is for. */
export function Frame({ step, children }: Props) {
  const w = words();
  const c = common();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${w.steps[step].title} · ${c.product}`;
    title.current?.focus({ preventScroll: true });
  }, [step]);
  return (
    <div class="first_run">
      <header class="first_run-bar">
        <span class="first_run-brand"><Mark />{c.product}</span>
        {phase.value === "in" && <a href={home()}>{w.leave}</a>}
      </header>
      <Progress step={step} />
      <main class="first_run-main">
        <div class="stack-small">
          <p class="soft small">{w.stepOf(STEPS.indexOf(step) + 1, STEPS.length)}</p>
          <h1 ref={title} tabIndex={-1}>{w.steps[step].title}</h1>
          <p class="soft">{w.steps[step].lead}</p>
        </div>
        {children}
      </main>
      <Toasts />
      {expired.value && <SignInAgain />}
    </div>
  );
}

/** The seven screens in a line; those behind are links once somebody is signed in. */
function Progress({ step }: { step: StepName }) {
  const w = words();
  const at = STEPS.indexOf(step);
  const from = phase.value === "in" ? STEPS.indexOf("network") : STEPS.length;
  return (
    <nav class="first_run-progress" aria-label={w.progress}>
      <ol>
        {STEPS.map((one, index) => (
          <li key={one} class={index < at ? "first_run-done" : index === at ? "first_run-now" : ""} aria-current={index === at ? "step" : undefined}>
            <span class="first_run-mark">{index < at ? <Icon name="check" size={14} /> : index + 1}</span>
            {index < at && index >= from ? <a href={addressOf(one)}>{w.steps[one].short}</a> : <span>{w.steps[one].short}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
