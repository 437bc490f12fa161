import "./credentials.css";
import { speak } from "../../words/catalog";
import { LANGUAGES, language } from "../../words/language";
import { credentials } from "./words";

/** Which language is spoken: each by its own name, so that everybody finds his. */
export function Languages() {
  const w = credentials();
  return (
    <div class="credentials-languages" role="group" aria-label={w.language}>
      {LANGUAGES.map((one) => (
        <button type="button" key={one} class="credentials-language" lang={one} aria-pressed={one === language.value} onClick={() => void speak(one)}>
          {w.languages[one]}
        </button>
      ))}
    </div>
  );
}
