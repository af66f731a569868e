// Lists whose order says nothing. An entry that knows its place leaves at once, however long its list is.

/**
 * Takes the entry at `place` out of `list`. The last entry moves there and is returned, so that it learns its place;
 * undefined if the entry was itself the last.
 */
export function removeAt<T>(list: T[], place: number): T | undefined {
  const last = list.pop();
  if (last === undefined || place >= list.length) return undefined;
  list[place] = last;
  return last;
}
