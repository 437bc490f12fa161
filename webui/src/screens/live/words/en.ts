import { plural } from "../../../words/catalog";
import { number } from "../../../words/format";

export default {
  title: "Live calls",
  ringing: "Ringing",
  talking: "Talking",
  all: "All",
  columns: { state: "State", who: "Caller → called", direction: "Direction", trunk: "Trunk", duration: "Duration" },
  directions: { internal: "Internal", inbound: "Inbound", outbound: "Outbound" },
  anyDirection: "Any direction",
  searchHint: "Name or number",
  hidden: (count: number) => plural(count, "1 row", `${number(count)} rows`),
  empty: "No call at the moment",
  emptyHint: "A call appears here as soon as it rings.",
  hangUp: "Hang up",
  hangUpOf: (caller: string, callee: string) => `Hang up: ${caller} → ${callee}`,
  hangUpTitle: "Hang up this call?",
  hangUpText: "Both sides are cut off at once.",
  hungUp: "The call was ended.",
  gone: "The call had already ended.",
  wall: "Wall display",
  leaveWall: "Leave the wall display",
};
