/** What is one's own: profile, password, second factor, sessions, keys, extension. */
import "./me.css";
import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { useBelow } from "../../app/screen";
import { me } from "../../app/session";
import { Empty, Page, Tabs } from "../../ui";
import { useCredentialWords } from "../credentials/loaded";
import { common } from "../../words/common";
import { ExtensionPart } from "./extension";
import { KeysPart } from "./keys";
import { PasswordPart } from "./password";
import { ProfilePart } from "./profile";
import { SecondFactorPart } from "./second_factor";
import { SessionsPart } from "./sessions";
import { words } from "./words";

export default function Me() {
  const w = words();
  const { path } = useLocation();
  const there = useCredentialWords();
  const part = useBelow()[0] ?? "";
  const ownExtension = me.value?.memberships.some((one) => one.extension_id != null) ?? false;
  if (!there) return null;
  const tabs = [
    { href: to("me"), label: w.tabs.profile }, ...(ownExtension ? [{ href: to("me", "extension"), label: w.tabs.extension }] : []),
    { href: to("me", "password"), label: w.tabs.password }, { href: to("me", "second-factor"), label: w.tabs.factor },
    { href: to("me", "sessions"), label: w.tabs.sessions }, { href: to("me", "keys"), label: w.tabs.keys },
  ];
  return (
    <Page title={common().places.me} lead={<span dir="auto">{me.value?.username}</span>}>
      <Tabs label={common().places.me} tabs={tabs} path={path} />
      <div class="me-part"><Part name={part} /></div>
    </Page>
  );
}

function Part({ name }: { name: string }) {
  switch (name) {
    case "":
      return <ProfilePart />;
    case "extension":
      return <ExtensionPart />;
    case "password":
      return <PasswordPart />;
    case "second-factor":
      return <SecondFactorPart />;
    case "sessions":
      return <SessionsPart />;
    case "keys":
      return <KeysPart />;
    default:
      return <Empty icon="search" title={common().status.gone} />;
  }
}
