import { useQuery } from "../../app/query";
import { account, canBox } from "../../app/session";
import { useBoxClock } from "../../app/zone";
import { SelectField } from "../../ui";
import { words } from "./words";

/** Whether the whole box is looked at: for who may. Its times are the box's then. */
export function useWholeBox(): boolean {
  const wholeBox = useQuery().get("scope") === "box" && canBox("audit.read");
  useBoxClock(wholeBox);
  return wholeBox;
}

/** This account, or the box. */
export function ScopeFilter() {
  const w = words();
  const query = useQuery();
  if (!canBox("audit.read")) return null;
  const options = [{ value: "", label: account.value?.name ?? w.scope.account }, { value: "box", label: w.scope.box }];
  return <SelectField name="scope" label={w.scope.label} value={query.get("scope")} onValue={(scope) => query.set({ scope })} options={options} />;
}
