// Turns what people type into the URLs to begin at, and tells the scope where the roots redirected.

import type { Ledger } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { BAD_ROOTS_TOLD_MAX, LINE_LENGTH_MAX, URL_LENGTH_MAX } from '../base/limits.ts';
import type { Scope } from '../url/scope.ts';
import { shown } from './shown.ts';

/** Schemes that may have a number behind them, as a host has its port: `tel:123`, `javascript:1`. */
const OTHER_SCHEME =
  /^(?:about|blob|callto|cid|data|fax|file|ftps?|geo|javascript|magnet|mailto|mid|sips?|skype|sms|smsto|tel|urn|vbscript|view-source|wss?|xmpp):/i;

/**
 * The URLs of one root or several, without duplicates.
 * @throws UsageError if there is no root, or if some are not URLs; it names the first of them.
 */
export function rootUrls(given: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  if (list.length === 0) throw new UsageError('There is no root: give the URL to begin at.');
  const roots = createRootList();
  for (const [at, one] of list.entries()) {
    roots.add(
      () => rootUrl(one),
      () => (list.length > 1 ? `root ${at + 1}: ` : ''),
    );
  }
  return roots.urls();
}

export interface RootList {
  /** Notes what `urlOf` gives or, if that throws a UsageError, that the entry at `whereOf` is no URL. */
  add(urlOf: () => string, whereOf: () => string): void;
  /** How many were added. */
  count(): number;
  /** Without duplicates. Throws a UsageError if some are not URLs; it names the first of them. */
  urls(): string[];
}

export function createRootList(): RootList {
  const urls = new Set<string>();
  const told: string[] = [];
  let faults = 0;
  let count = 0;
  return {
    add(urlOf, whereOf) {
      count += 1;
      try {
        const url = urlOf();
        // After a fault there is only the message.
        if (faults === 0) urls.add(url);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        faults += 1;
        if (told.length < BAD_ROOTS_TOLD_MAX) told.push(`${whereOf()}${error.message}`);
      }
    },
    count: () => count,
    urls() {
      if (faults === 0) return [...urls];
      if (faults === 1) throw new UsageError(told[0]!);
      const more = told.length < faults ? [`and ${faults - told.length} more`] : [];
      const list = [...told, ...more].join('\n  ');
      throw new UsageError(`${faults} of ${count} roots are not URLs to begin at:\n  ${list}`);
    },
  };
}

/** The URL that a typed root means. Without a scheme it is https, or http on loopback. */
export function rootUrl(given: unknown): string {
  if (isUrl(given)) return rootUrl(given.href);
  if (typeof given !== 'string') throw new UsageError(`${shown(given)} is not a URL to begin at.`);
  if (given.length > LINE_LENGTH_MAX) throw tooLong(given.length);
  const typed = given.trim();
  // The URL standard silently removes these characters, which would join two URLs into one.
  if (/[\t\n\r]/.test(typed)) {
    throw new UsageError(`${shown(given)} contains a tab or a line break: give one URL alone.`);
  }
  // `localhost:8080` has a port and no scheme. `./page.html` and `/page` are files, not hosts.
  const hasScheme = OTHER_SCHEME.test(typed) || /^[a-z][a-z0-9+.-]*:(?!\d+([/?#]|$))/i.test(typed);
  const isHost = /^[a-z0-9[\u0080-\uffff]/i.test(typed);
  let url = hasScheme ? URL.parse(typed) : null;
  if (!hasScheme && isHost) url = URL.parse(`https://${typed}`);
  if (!hasScheme && url !== null && isLoopback(url.hostname)) url = URL.parse(`http://${typed}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${shown(given)} is not an http or https URL to begin at.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `"${url.protocol}//...@${url.host}" contains a name and password: give them with --auth USER:PASS.`,
    );
  }
  url.hash = '';
  if (url.href.length > URL_LENGTH_MAX) throw tooLong(url.href.length);
  return url.href;
}

function tooLong(length: number): UsageError {
  return new UsageError(`A URL of ${length} characters is too long to begin at: ${URL_LENGTH_MAX} are the most.`);
}

/** Recognises a URL of another realm too, as in a test runner. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}

/** Tells the scope how the roots answered in earlier runs. `pause` is called after each of them, which may be many. */
export async function tellOfRoots(
  scope: Pick<Scope, 'countsRefreshes' | 'moved' | 'ended'>,
  ledger: Ledger,
  { roots, redirectsMax }: { readonly roots: readonly string[]; readonly redirectsMax: number },
  pause: () => Promise<void> | null = () => null,
): Promise<void> {
  for (const root of roots) {
    let end = root;
    for (let hops = 0; hops < redirectsMax; hops += 1) {
      const target = (await redirectOf(ledger, end)) ?? (scope.countsRefreshes ? await refreshOf(ledger, end) : null);
      if (target === null) break;
      scope.moved(end, target);
      end = target;
    }
    scope.ended(end, (await ledger.rows.find(end))?.status ?? null);
    await pause();
  }
}

async function redirectOf({ rows }: Ledger, url: string): Promise<string | null> {
  const row = await rows.find(url);
  if (row === null || row.state !== 'queued') return row?.redirectTo ?? null;
  // The user has queued the URL again: until it is answered, its previous answer applies.
  const attempts = await rows.attempts(row.id);
  return attempts.findLast(({ takenBack }) => takenBack !== null)?.takenBack?.redirectTo ?? null;
}

/** Where a root led on by itself: the first link of its page, if that counts as a redirect. */
async function refreshOf({ rows, links }: Ledger, url: string): Promise<string | null> {
  const row = await rows.find(url);
  const first = row === null || row.links === 0 ? undefined : (await links.of([row.id]))[0]![0];
  const target = first === undefined ? null : await rows.find(first);
  const isMoved = target !== null && target.depth === 0 && target.referrer === url && target.hops === row!.hops + 1;
  return isMoved ? target.url : null;
}
