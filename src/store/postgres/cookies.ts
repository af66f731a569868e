// The cookies of a job, which all of its workers share.

import { type CookieShelf, GONE_AT, type SiteCookie } from '../../base/cookies.ts';
import { cookieOfRow, cookieRow } from '../cookie-row.ts';
import { type Columns, createBatch, insertOf, rowsOf } from './batch.ts';
import type { Ask } from './line.ts';

const COOKIES: Columns = { site: 'text', key: 'text', cookie: 'text' };
const KEYS: Columns = { site: 'text', key: 'text' };

export function createPostgresCookies(ask: Ask, schema: string): CookieShelf {
  const all = `SELECT site, cookie FROM ${schema}.cookies WHERE $1::text[] IS NULL OR site = ANY($1::text[])`;
  return {
    load: async (sites) => ((await ask(all, [sites ?? null])).rows as unknown as [string, string][]).map(cookieOfRow),
  };
}

/** Writes within the caller's transaction, and deletes the cookies that are gone. */
export async function writeCookies(ask: Ask, schema: string, changed: readonly SiteCookie[]): Promise<void> {
  const kept = createBatch(COOKIES);
  const gone = createBatch(KEYS);
  // Two workers that write the same rows in another order would wait for each other.
  for (const row of changed.toSorted(byKey)) {
    const [site, key, text] = cookieRow(row);
    if (row.cookie.expiresAt === GONE_AT) gone.add(site, key);
    else kept.add(site, key, text);
  }
  const insert = insertOf(
    `${schema}.cookies`,
    COOKIES,
    'ON CONFLICT (site, key) DO UPDATE SET cookie = excluded.cookie',
  );
  const remove = `DELETE FROM ${schema}.cookies c USING ${rowsOf(KEYS)} WHERE c.site = r.site AND c.key = r.key`;
  await Promise.all([
    ...(kept.size === 0 ? [] : [ask(insert, kept.values)]),
    ...(gone.size === 0 ? [] : [ask(remove, gone.values)]),
  ]);
}

function byKey(one: SiteCookie, other: SiteCookie): number {
  const [a, b] = [one, other].map((each) => cookieRow(each).slice(0, 2).join('\n'));
  return a! < b! ? -1 : 1;
}
