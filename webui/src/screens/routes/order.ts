/** The order of routes: their positions, which the API leaves to us. */
import type { AnyRoute } from "./api";

export interface Placed {
  route_id: string;
  position: number;
}

/** In the order in which they are tried. */
export function inOrder<T extends AnyRoute>(routes: readonly T[]): T[] {
  return [...routes].sort((a, b) => a.position - b.position || (a.route_id < b.route_id ? -1 : 1));
}

/** The position behind the last one. */
export function behindLast(routes: readonly AnyRoute[]): number {
  return routes.reduce((most, one) => Math.max(most, one.position), 0) + 1;
}

/**
 * What has to be changed so that the route stands one place higher (`-1`) or lower (`1`): two that swap their places, or, where
 * positions are equal, as few others as needed.
 */
export function moved(routes: readonly AnyRoute[], id: string, by: -1 | 1): Placed[] {
  const list = inOrder(routes);
  const from = list.findIndex((one) => one.route_id === id);
  const [one, other] = [list[from], list[from + by]];
  if (!one || !other) return [];
  const wanted = list.map((each) => (each === one ? other : each === other ? one : each));
  let least = -1;
  const places = list.map((each) => each.position);
  return wanted.flatMap((each, index) => {
    // Strictly rising, so that the order is the one that is seen.
    const position = Math.max(places[index] ?? 0, least + 1);
    least = position;
    return each.position === position ? [] : [{ route_id: each.route_id, position }];
  });
}
