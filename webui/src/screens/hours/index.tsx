import { Page } from "../../ui";
import { words } from "./words";

export default function Screen() {
  return <Page title={words().title}>…</Page>;
}
