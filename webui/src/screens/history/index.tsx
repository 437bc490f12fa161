/** The calls that were: all of them as a list, and why one went as it went. */
import "./history.css";
import { useBelow } from "../../app/screen";
import { OneCall } from "./call";
import { CallList } from "./list";

export default function Screen() {
  const [id] = useBelow();
  return id === undefined ? <CallList /> : <OneCall key={id} id={id} />;
}
