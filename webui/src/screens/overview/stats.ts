/** The accounts as they stand now. `GET /stats` says it; a box without has the names alone. Untyped until the route stands in `schema.d.ts`. */
import { api, dataOf } from "../../api";

export interface AccountStats {
  account_id: string;
  name: string;
  status: string;
  extensions?: number;
  registrations?: number;
  live_calls?: number;
  calls_today?: number;
  open_alerts?: number;
  trunks_down?: number;
}

export interface BoxStats {
  items: readonly AccountStats[];
  /** Of the box itself. */
  open_alerts?: number;
}

export async function boxStats(): Promise<BoxStats> {
  const answer = await fetch("/api/v1/stats").catch(() => undefined);
  const found: unknown = answer?.ok ? await answer.json() : undefined;
  if (isBoxStats(found)) return found;
  const page = dataOf(await api.GET("/accounts", { params: { query: { limit: 500, sort: "name" } } }));
  return { items: page.items.map(({ account_id, name, status }) => ({ account_id, name, status })) };
}

function isBoxStats(found: unknown): found is BoxStats {
  return typeof found === "object" && found !== null && "items" in found && Array.isArray(found.items);
}
