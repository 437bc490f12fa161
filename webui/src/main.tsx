/** Begins: the words first, then the page, then who is here. */
import { render } from "preact";
import "./ui/tokens.css";
import { App } from "./app/app";
import { preloadPlace } from "./app/places";
import { begin } from "./app/session";
import { installable, watchVersion } from "./app/version";
import { common } from "./words/common";
import { language } from "./words/language";

const place = document.getElementById("app");
if (place) {
  document.documentElement.lang = language.value;
  const begun = begin();
  preloadPlace(location.pathname);
  await common.load();
  render(<App />, place);
  watchVersion();
  await begun;
  installable();
}
