/** Lists that are needed whole: to choose from, or to know the names of what ids stand for. */
interface PageOf<T> {
  items: T[];
  next_cursor?: string | null;
}

const LIMIT = 500;
/** Beyond this many nobody chooses from a list. */
const MOST = 5000;

export async function everyOne<T>(page: (query: { limit: number; cursor?: string }) => Promise<PageOf<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const found = await page(cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor });
    all.push(...found.items);
    cursor = found.next_cursor ?? undefined;
  } while (cursor !== undefined && all.length < MOST);
  return all;
}
