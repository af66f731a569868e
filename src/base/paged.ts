// Long answers of a store come page by page, so a loop over one waits once per page and not once per item.

/** A long answer: arrays of the items in order. */
export type Paged<T> = AsyncIterable<readonly T[]>;

/** The whole answer at once, for answers that fit into memory. */
export async function allOf<T>(paged: Paged<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of paged) for (const each of page) all.push(each);
  return all;
}
