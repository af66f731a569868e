// Exports of two crawls of the same site, to be compared.

/** The rows of an export in an order and without what differs from run to run. */
export function comparable(jsonl: string): string[] {
  const rows = jsonl.trim().split('\n');
  return rows
    .map((line) => {
      const { fetchedAt, elapsedMs, remoteAddress, archive, ...row } = JSON.parse(line);
      return JSON.stringify({ ...row, wasFetched: fetchedAt !== null, isArchived: archive !== null });
    })
    .sort();
}
