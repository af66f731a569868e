// Finds records that need no row: robots.txt, sitemaps, the targets of their redirects, and redirects of a URL to
// another form of itself. Any other record without a row was written twice or has lost its row.

import type { Ledger, Row } from '../../base/contracts.ts';
import { keyOfJob } from '../../url/key.ts';
import { soundRow } from '../unwritten.ts';
import type { Kept } from './record.ts';

export interface Rowless {
  see(row: Row): void;
  /** Null if the record needs no row. */
  fault(record: Kept): Promise<string | null>;
}

/** `kept` has all records in the order in which they were written. */
export async function createRowless({ rows, job }: Ledger, kept: ReadonlyMap<string, Kept>): Promise<Rowless> {
  const keyOf = keyOfJob(await job.identity());
  const asides = new Set<string>();
  for await (const sitemaps of job.sitemaps()) for (const { url } of sitemaps) asides.add(url);
  const isAside = (url: string): boolean => asides.has(url) || URL.parse(url)?.pathname === '/robots.txt';
  for (const { url, location } of kept.values()) {
    const target = location !== null && isAside(url) ? URL.parse(location, url) : null;
    if (target !== null) asides.add(withoutFragment(target));
  }
  const known = new Set<string>();

  const isOwnRedirect = ({ url, location }: Kept): boolean => {
    const target = location === null ? null : URL.parse(location, url);
    return target !== null && keyOf(withoutFragment(target)) === keyOf(url);
  };
  /** Whether it is an earlier response of a retried URL that was kept because its record was believed lost. */
  const isEarlier = async ({ url, at }: Kept): Promise<boolean> => {
    const row = (await soundRow(rows, url)) ?? (await soundRow(rows, keyOf(url)));
    if (row === null) return false;
    const attempts = await rows.attempts(row.id);
    return attempts.some((each) => each.takenBack !== null && Math.abs(each.at - at) <= 1);
  };

  return {
    see(row) {
      known.add(row.url);
      known.add(row.key);
    },
    async fault(record) {
      if (isAside(record.url) || isOwnRedirect(record) || (await isEarlier(record))) return null;
      const hasRow = known.has(record.url) || known.has(keyOf(record.url));
      return hasRow ? 'a second record, to which its row does not point' : 'a record without a row';
    },
  };
}

function withoutFragment(url: URL): string {
  url.hash = '';
  return url.href;
}
