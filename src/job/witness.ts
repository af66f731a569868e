// Writes to the log all that goes to the store, when it goes there. So the log contains every decision, and the parts
// that decide need not know the log.

import { type Clock, toWall } from '../base/clock.ts';
import type { HostNote, Settlement, SitemapList } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { HELD_HOSTS_REMEMBERED_MAX } from '../base/limits.ts';
import type { Commits } from '../crawl/commits.ts';
import type { Log } from './log.ts';

/** Logs a URL that is not admitted, then passes it to `onSkip`. */
export function skipsTold(
  log: Log,
  onSkip?: (url: string, reason: SkipReason) => void,
): (url: string, reason: SkipReason) => void {
  return (url, reason) => {
    log.write('debug', 'not-admitted', { url, reason });
    onSkip?.(url, reason);
  };
}

/** The same commits, with a log line for each settlement and each change of a host. */
export function witnessed(commits: Commits, log: Log, clock: Clock): Commits {
  const isoTime = (at: number): string | null =>
    Number.isFinite(at) ? new Date(toWall(clock, at)).toISOString() : null;
  const held = new Map<string, number>();
  const tellNote = ({ host, heldUntil = 0, why, robots }: HostNote): void => {
    if (robots !== undefined) {
      const { status, body, expiresAt } = robots;
      log.write('info', 'robots', { host, status, bytes: body?.length ?? null, expiresAt: isoTime(expiresAt) });
    }
    // Each request that was in flight when a hold began reports the same hold again.
    if (heldUntil <= clock.now() || held.get(host) === heldUntil) return;
    if (held.size >= HELD_HOSTS_REMEMBERED_MAX) held.clear();
    held.set(host, heldUntil);
    log.write('warn', 'held', { host, until: isoTime(heldUntil), why });
  };
  return {
    settle(settlement) {
      tellSettlement(log, settlement, isoTime);
      return commits.settle(settlement);
    },
    note(host) {
      tellNote(host);
      commits.note(host);
    },
    cookie: commits.cookie,
    keep: commits.keep,
    figures: commits.figures,
    flush: commits.flush,
    get waiting() {
      return commits.waiting;
    },
  };
}

/** The same list, with a log line for each sitemap that was found and for how it ended. */
export function witnessedList(list: SitemapList, log: Log): SitemapList {
  const urls = new Map<number, string>();
  return {
    async add(found) {
      const added = await list.add(found);
      for (const { id, url } of added.added) urls.set(id, url);
      return added;
    },
    end(id, end) {
      log.write('info', 'sitemap', { url: urls.get(id), ...end });
      urls.delete(id);
      return list.end(id, end);
    },
    async unread() {
      const unread = await list.unread();
      for (const { id, url } of unread) urls.set(id, url);
      return unread;
    },
  };
}

const LEVELS = { done: 'debug', skipped: 'debug', failed: 'warn', queued: 'info' } as const;

function tellSettlement(log: Log, settlement: Settlement, isoTime: (at: number) => string | null): void {
  const { state, lease, reason, error, response, tries, dueAt, redirect, remoteAddress, elapsedMs } = settlement;
  tellUnkept(log, settlement);
  // It was only looked at.
  if (state === 'queued' && settlement.fetchedAt === 0) return;
  const level = LEVELS[state];
  if (!log.has(level)) return;
  log.write(level, state === 'queued' ? 'again' : state, {
    url: lease.url,
    depth: lease.depth,
    reason: reason ?? undefined,
    error: error ?? undefined,
    status: response?.status,
    bytes: response?.bytes,
    detail: settlement.detail || undefined,
    links: state === 'done' ? settlement.links.length : undefined,
    redirectTo: redirect?.url,
    tries,
    notBefore: dueAt > 0 ? isoTime(dueAt) : undefined,
    address: remoteAddress || undefined,
    elapsedMs: elapsedMs || undefined,
  });
}

/** Links with another scheme are frequent and not worth a line. */
function tellUnkept(log: Log, { lease, unkept }: Settlement): void {
  if (unkept === undefined || unkept.dropped + unkept.tooLong === 0) return;
  log.write('info', 'links-not-kept', { url: lease.url, ...unkept });
}
