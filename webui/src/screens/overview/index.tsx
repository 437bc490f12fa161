/** The whole box: its accounts side by side, and who runs it. */
import "./overview.css";
import { useBelow } from "../../app/screen";
import { AccountPage } from "./account";
import { NewAccount } from "./account_new";
import { Accounts } from "./accounts";
import { Administrator } from "./administrator";
import { Administrators, NewAdministrator } from "./administrators";
import { Home } from "./home";
import { ImportAccount } from "./import";

export default function Screen() {
  const [part, id] = useBelow();
  if (part === "accounts") {
    if (id === "new") return <NewAccount />;
    if (id === "import") return <ImportAccount />;
    return id === undefined ? <Accounts /> : <AccountPage key={id} id={id} />;
  }
  if (part === "administrators") {
    if (id === "new") return <NewAdministrator />;
    return id === undefined ? <Administrators /> : <Administrator key={id} id={id} />;
  }
  return <Home />;
}

