// What people type for a URL to begin at, and where that led.

import type { Ledger } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { BAD_ROOTS_TOLD_MAX } from '../base/limits.ts';
import type { Scope } from '../url/scope.ts';
import { shown } from './values.ts';

/**
 * One root or several, each once.
 * @throws UsageError where there is none, or some are no URLs: each of those is named.
 */
export function rootUrls(given: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  if (list.length === 0) throw new UsageError('There is no root: give the URL to begin at.');
  return eachRoot(list, (at) => (list.length > 1 ? `root ${at + 1}: ` : ''));
}

/** The same, where `whereOf` says where each of them stands and `urlOf` what it means. */
export function eachRoot<T>(
  list: readonly T[],
  whereOf: (at: number) => string,
  urlOf: (one: T) => string = rootUrl,
): string[] {
  const urls = new Set<string>();
  const faults: string[] = [];
  for (const [at, one] of list.entries()) {
    try {
      urls.add(urlOf(one));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(`${whereOf(at)}${error.message}`);
    }
  }
  if (faults.length === 0) return [...urls];
  if (faults.length === 1) throw new UsageError(faults[0]!);
  const told = faults.slice(0, BAD_ROOTS_TOLD_MAX);
  if (told.length < faults.length) told.push(`and ${faults.length - told.length} more`);
  throw new UsageError(`${faults.length} of ${list.length} roots are no URLs to begin at:\n  ${told.join('\n  ')}`);
}

/** The URL that a root means: without a scheme it is https, on loopback http. */
export function rootUrl(given: unknown): string {
  if (isUrl(given)) return rootUrl(given.href);
  if (typeof given !== 'string') throw new UsageError(`${shown(given)} is not a URL to begin at.`);
  const typed = given.trim();
  // The standard takes them out without a word, and makes one URL of two.
  if (/[\t\n\r]/.test(typed)) {
    throw new UsageError(`${shown(given)} holds a tab or a line break: give one URL alone.`);
  }
  // `localhost:8080` has a port and no scheme; `./page.html` and `/page` are files, not hosts.
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d+([/?#]|$))/i.test(typed);
  const isHost = /^[a-z0-9[\u0080-\uffff]/i.test(typed);
  let url = hasScheme ? URL.parse(typed) : null;
  if (!hasScheme && isHost) url = URL.parse(`https://${typed}`);
  if (!hasScheme && url !== null && isLoopback(url.hostname)) url = URL.parse(`http://${typed}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${shown(given)} is not an http or https URL to begin at.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `"${url.protocol}//...@${url.host}" holds a name and password: give them with --auth USER:PASS.`,
    );
  }
  url.hash = '';
  return url.href;
}

/** Also one of another realm, as in a test runner. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

/** Tells the scope what became of the roots in earlier runs. */
export async function tellOfRoots(
  scope: Pick<Scope, 'moved' | 'ended'>,
  ledger: Ledger,
  { roots, redirectsMax }: { readonly roots: readonly string[]; readonly redirectsMax: number },
): Promise<void> {
  for (const root of roots) {
    let end = root;
    for (let hops = 0; hops < redirectsMax; hops += 1) {
      const target = await redirectOf(ledger, end);
      if (target === null) break;
      scope.moved(end, target);
      end = target;
    }
    scope.ended(end, (await ledger.rows.find(end))?.status ?? null);
  }
}

async function redirectOf({ rows }: Ledger, url: string): Promise<string | null> {
  const row = await rows.find(url);
  if (row === null || row.state !== 'queued') return row?.redirectTo ?? null;
  // The user asks again: until there is an answer, the one before holds.
  const attempts = await rows.attempts(row.id);
  return attempts.findLast(({ takenBack }) => takenBack !== null)?.takenBack?.redirectTo ?? null;
}
