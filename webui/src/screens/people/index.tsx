/** The people of the account. */
import { useBelow } from "../../app/screen";
import { can } from "../../app/session";
import { AddPerson } from "./add";
import { PeopleList } from "./list";
import { Person } from "./person";

export default function People() {
  const [id] = useBelow();
  if (id === undefined) return <PeopleList />;
  if (id === "new" && can("users.write")) return <AddPerson />;
  return <Person key={id} id={id} />;
}
