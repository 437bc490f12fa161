import { useLocation } from "preact-iso";
import { api, dataOf } from "../../api";
import { useAsk } from "../../app/ask";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Confirm, toast } from "../../ui";
import type { Trunk } from "./states";
import { words } from "./words";

interface User {
  id: string;
  name: string;
}

/** The routes that lead over a trunk. */
async function usersOf(account: string, id: string): Promise<User[]> {
  if (!can("routes.read")) return [];
  const params = { path: { account_id: account }, query: { limit: 500 } };
  const [out, into] = await Promise.all([
    api.GET("/accounts/{account_id}/outbound-routes", { params }), api.GET("/accounts/{account_id}/inbound-routes", { params }),
  ]);
  return [
    ...dataOf(out).items.filter((one) => one.trunks.includes(id)).map((one) => ({ id: one.route_id, name: one.name })),
    ...dataOf(into).items.filter((one) => one.trunk_id === id).map((one) => ({ id: one.route_id, name: one.name })),
  ];
}

/** Deletes a trunk, and says before which routes lead over it. */
export function Deletion({ account, trunk, onClose }: { account: string; trunk: Trunk; onClose: () => void }) {
  const w = words().one;
  const { route } = useLocation();
  const users = useAsk(() => usersOf(account, trunk.trunk_id), [account, trunk.trunk_id]).data ?? [];
  const remove = async () => {
    await api.DELETE("/accounts/{account_id}/trunks/{trunk_id}", { params: { path: { account_id: account, trunk_id: trunk.trunk_id } } });
    toast(w.deleted(trunk.name));
    route(to("trunks"));
  };
  return (
    <Confirm title={w.deleteTitle(trunk.name)} action={w.delete} onConfirm={remove} onClose={onClose}>
      {w.deleteText}
      {users.length > 0 && (
        <>
          <p>{w.usedBy}</p>
          <ul class="trunks-users">{users.map((one) => <li key={one.id}><a href={to("routes")} dir="auto">{one.name}</a></li>)}</ul>
        </>
      )}
    </Confirm>
  );
}
