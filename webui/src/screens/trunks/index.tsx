import "./trunks.css";
import { useBelow } from "../../app/screen";
import { accountId, can } from "../../app/session";
import { ListPage } from "./list";
import { NewPage } from "./new";
import { OnePage } from "./one";

export default function Screen() {
  const [below, part] = useBelow();
  const account = accountId.value ?? "";
  if (below === undefined) return <ListPage key={account} account={account} />;
  if (below === "new" && can("trunks.write")) return <NewPage account={account} />;
  return <OnePage key={below} account={account} id={below} part={part} />;
}
