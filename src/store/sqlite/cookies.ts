// The cookies of a job.

import type { DatabaseSync } from 'node:sqlite';
import { type CookieShelf, GONE_AT, type SiteCookie } from '../../base/cookies.ts';
import { cookieOfRow, cookieRow } from '../cookie-row.ts';
import { query } from './database.ts';

export function createCookieShelf(db: DatabaseSync): CookieShelf {
  const all = query(
    db,
    'SELECT site, cookie FROM cookies WHERE ?1 IS NULL OR site IN (SELECT value FROM json_each(?1))',
  );
  return {
    async load(sites) {
      const rows = all.all(sites === undefined ? null : JSON.stringify(sites)) as [string, string][];
      return rows.map(cookieOfRow);
    },
  };
}

/** Writes within the caller's transaction, or deletes a cookie that is gone. */
export function createCookieWriter(db: DatabaseSync): (changed: SiteCookie) => void {
  const write = db.prepare('INSERT OR REPLACE INTO cookies (site, key, cookie) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM cookies WHERE site = ? AND key = ?');
  return (changed) => {
    const [site, key, text] = cookieRow(changed);
    if (changed.cookie.expiresAt === GONE_AT) remove.run(site, key);
    else write.run(site, key, text);
  };
}
