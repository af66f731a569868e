// What people type for a URL to begin at, and where that led.

import type { Ledger } from './base/contracts.ts';
import { UsageError } from './base/errors.ts';
import type { Scope } from './url/scope.ts';

/** @throws UsageError where there is none, or one is no URL. */
export function rootUrls(given: unknown): string[] {
  if (!Array.isArray(given) || given.length === 0) throw new UsageError('There is no root: give the URL to begin at.');
  return [...new Set(given.map(rootUrl))];
}

/** The URL that a root means: without a scheme it is https, on loopback http. */
export function rootUrl(given: unknown): string {
  if (typeof given !== 'string')
    throw new UsageError(`${JSON.stringify(given) ?? String(given)} is not a URL to begin at.`);
  const typed = given.trim();
  // `localhost:8080` has a port and no scheme; `./page.html` and `/page` are files, not hosts.
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d+([/?#]|$))/i.test(typed);
  const isHost = /^[a-z0-9[\u0080-\uffff]/i.test(typed);
  let url = hasScheme ? URL.parse(typed) : null;
  if (!hasScheme && isHost) url = URL.parse(`https://${typed}`);
  if (!hasScheme && url !== null && isLoopback(url.hostname)) url = URL.parse(`http://${typed}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${JSON.stringify(given)} is not an http or https URL to begin at.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `"${url.protocol}//...@${url.host}" holds a name and password: give them with --auth USER:PASS.`,
    );
  }
  url.hash = '';
  return url.href;
}

function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

/** Tells the scope what became of the roots in earlier runs. */
export function tellOfRoots(
  scope: Pick<Scope, 'moved' | 'ended'>,
  ledger: Ledger,
  { roots, redirectsMax }: { readonly roots: readonly string[]; readonly redirectsMax: number },
): void {
  for (const root of roots) {
    let end = root;
    for (let hops = 0; hops < redirectsMax; hops += 1) {
      const target = redirectOf(ledger, end);
      if (target === null) break;
      scope.moved(end, target);
      end = target;
    }
    scope.ended(end, ledger.row(end)?.status ?? null);
  }
}

function redirectOf(ledger: Ledger, url: string): string | null {
  const row = ledger.row(url);
  if (row === null || row.state !== 'queued') return row?.redirectTo ?? null;
  // The user asks again: until there is an answer, the one before holds.
  return ledger.attempts(row.id).findLast(({ takenBack }) => takenBack !== null)?.takenBack?.redirectTo ?? null;
}
