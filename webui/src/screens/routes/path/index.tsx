/** "Where does this number go?": the question stands in the address, the answer is drawn as a way. */
import "./path.css";
import { ApiError, api, dataOf } from "../../../api";
import { useAsk } from "../../../app/ask";
import { useQuery } from "../../../app/query";
import { accountId } from "../../../app/session";
import { useNames, type Names } from "../../../app/names";
import { Card, Empty, Loaded } from "../../../ui";
import { Answer } from "./answer";
import { Question } from "./question";
import { words } from "./words";

const ZONE = "America/Sao_Paulo";

export function WhereTo() {
  const w = words();
  const names = useNames();
  const account = accountId.value ?? "";
  const dialling = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/dialling", { params: { path: { account_id: account } } })), [account]);
  return (
    <div class="stack">
      <p class="soft">{w.lead}</p>
      <Loaded asked={dialling}>{(found) => <Asked names={names} zone={found.zone ?? ZONE} />}</Loaded>
    </div>
  );
}

function Asked({ names, zone }: { names: Names; zone: string }) {
  const w = words();
  const query = useQuery();
  const account = accountId.value ?? "";
  const [to, trunk, from, extension, at] = ["to", "trunk_id", "from", "extension_id", "at"].map((name) => query.get(name));
  const asked = useAsk(async () => {
    if (!to) return null;
    const caller = trunk ? { trunk_id: trunk, ...(from && { from }) } : { ...(extension && { extension_id: extension }) };
    const body = { to, ...caller, ...(at && { at }) };
    return dataOf(await api.POST("/accounts/{account_id}/routes/simulate", { params: { path: { account_id: account } }, body }));
  }, [account, to, trunk, from, extension, at]);
  const errors = asked.error instanceof ApiError ? asked.error : undefined;
  return (
    <div class="path-two">
      <Card><Question names={names} zone={zone} problem={errors} again={asked.reload} busy={asked.loading && to !== ""} /></Card>
      {to === "" ? <Empty icon="routes" title={w.waiting}>{w.waitingHint}</Empty> : (
        <Card title={w.answer}>
          <Loaded asked={asked}>{(found) => found && <Answer simulation={found} names={names} />}</Loaded>
        </Card>
      )}
    </div>
  );
}
