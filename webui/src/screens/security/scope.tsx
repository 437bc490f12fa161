import { useQuery } from "../../app/query";
import { account, canBox } from "../../app/session";
import { SelectField } from "../../ui";
import { words } from "./words";

/** Whether the whole box is looked at: for who may. */
export function useWholeBox(): boolean {
  return useQuery().get("scope") === "box" && canBox("audit.read");
}

/** This account, or the box. */
export function ScopeFilter() {
  const w = words();
  const query = useQuery();
  if (!canBox("audit.read")) return null;
  const options = [{ value: "", label: account.value?.name ?? w.scope.account }, { value: "box", label: w.scope.box }];
  return <SelectField name="scope" label={w.scope.label} value={query.get("scope")} onValue={(scope) => query.set({ scope })} options={options} />;
}
