/** `/parts`: every part of the design system in every state, for whoever builds screens. Its words are for developers: English alone. */
import "./parts.css";
import { useLocation } from "preact-iso";
import { Page, Tabs, Toasts } from "../../ui";
import { Charts } from "./charts";
import { Colours, Fields, FormWithError } from "./fields";
import { List } from "./list";
import { Overlays } from "./overlays";
import { Buttons, Icons, Pieces, Signs, States } from "./pieces";

export default function Parts() {
  const { path } = useLocation();
  return (
    <main class="parts">
      <Page title="Parts" lead="Every part of the design system in every state. Light and dark follow the system.">
        <Tabs label="Tabs" path={path} tabs={[
          { href: "/parts", label: "All parts" }, { href: "/parts/one", label: "Another tab" }, { href: "/parts/two", label: "A tab with a rather long name" },
        ]} />
        <Buttons />
        <Signs />
        <div class="parts-two">
          <Fields />
          <FormWithError />
        </div>
        <States />
        <Overlays />
        <Pieces />
        <Charts />
        <List />
        <Colours />
        <Icons />
      </Page>
      <Toasts />
    </main>
  );
}
