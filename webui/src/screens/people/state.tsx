import type { Of } from "../../api";
import { Badge } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

/** Whether somebody may sign in. */
export function State({ user }: { user: Of<"User"> }) {
  if (user.status !== "active") return <Badge tone="bad">{common().states.suspended}</Badge>;
  if (user.must_change_password) return <Badge tone="info">{words().states.mustChange}</Badge>;
  return <Badge tone="good">{common().states.active}</Badge>;
}
