// Long answers of a store come by the page, so that a loop over one waits once a page and not once an item.

/** A long answer: arrays of what was asked for, in order. */
export type Paged<T> = AsyncIterable<readonly T[]>;

/** The whole answer at once, where it is known to fit into memory. */
export async function allOf<T>(paged: Paged<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of paged) for (const each of page) all.push(each);
  return all;
}
