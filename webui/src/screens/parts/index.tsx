import { Page } from "../../ui";

export default function Parts() {
  return <Page title="Parts">…</Page>;
}
