/** Lists of the API: page by page as a table asks for them, or whole. */

/** A page, and where the next one begins. */
export interface PageOf<T> {
  items: T[];
  next_cursor?: string | null;
}

const LIMIT = 500;
/** Beyond this many nobody chooses from a list. */
const MOST = 5000;

/** Lists that are needed whole: to choose from, or to know the names of what ids stand for. At most `most` and what their last page holds. */
export async function everyOne<T>(page: (query: { limit: number; cursor?: string }) => Promise<PageOf<T>>, most = MOST): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const found = await page(cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor });
    all.push(...found.items);
    cursor = found.next_cursor ?? undefined;
  } while (cursor !== undefined && all.length < most);
  return all;
}

/** What a table asks for, with the words by which this list can be sorted; others are left out. */
export function sortedBy<Query extends { sort?: string }, Word extends string>(query: Query, words: readonly Word[]): Omit<Query, "sort"> & { sort?: Word } {
  const { sort, ...rest } = query;
  const known = words.find((one) => one === sort);
  return known === undefined ? rest : { ...rest, sort: known };
}
