import "./extensions.css";
import { useBelow } from "../../app/screen";
import { accountId, can } from "../../app/session";
import { BulkPage } from "./bulk";
import { ListPage } from "./list";
import { NewPage } from "./new";
import { OnePage } from "./one";
import { RangePage } from "./range";

export default function Screen() {
  const [below] = useBelow();
  const account = accountId.value ?? "";
  const write = can("extensions.write");
  if (below === undefined) return <ListPage key={account} account={account} />;
  if (write && below === "new") return <NewPage account={account} />;
  if (write && below === "range") return <RangePage account={account} />;
  if (write && below === "paste") return <BulkPage account={account} />;
  return <OnePage key={below} account={account} id={below} />;
}
