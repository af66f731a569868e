// What the log of the site tells about several workers: whether two of them asked one host at once, and whether they
// waited as they were told.

import type { Complaint } from '../invariants.ts';
import { isRestOfTurn } from '../judge.ts';
import type { SiteRequest } from '../site.ts';

const ASKED = new Set(['page', 'robots', 'trouble']);

/** While a host answers one worker, no other worker asks it. `goneOnAt` as for `checkPace`. */
export function checkAlone(log: readonly SiteRequest[], goneOnAt: readonly number[] = []): Complaint[] {
  const found: Complaint[] = [];
  /** By host, the unanswered requests of each worker. */
  const asking = new Map<string, Map<string, number>>();
  for (const { kind, host, worker, path, atUs } of log) {
    const own = asking.get(host) ?? new Map<string, number>();
    asking.set(host, own);
    const before = own.get(worker) ?? 0;
    if (kind === 'end') own.set(worker, Math.max(0, before - 1));
    if (!ASKED.has(kind)) continue;
    own.set(worker, before + 1);
    const others = [...own].filter(([other, requests]) => other !== worker && requests > 0).map(([other]) => other);
    if (others.length === 0 || isRestOfTurn(atUs, goneOnAt)) continue;
    const what = `${host} was asked for ${path} by worker ${worker} while it answered worker ${others.join(', ')}`;
    found.push({ harm: 'two at once', what });
  }
  return found;
}

/**
 * A host that asked for a pause is left alone so long. `excused` are moments in which a worker was killed: what it had
 * just been told may not have been stored yet.
 */
export function checkHolds(log: readonly SiteRequest[], pauseS: number, excused: readonly number[]): Complaint[] {
  const found: Complaint[] = [];
  const byHost = Map.groupBy(log, ({ host }) => host);
  for (const [host, requests] of byHost) {
    let until = 0;
    let toldAt = 0;
    for (const { kind, atUs, path } of requests) {
      if (!ASKED.has(kind)) continue;
      const isExcused = excused.some((killedAt) => killedAt >= toldAt && killedAt < toldAt + EXCUSED_US);
      if (atUs < until && !isExcused) {
        const early = ((until - atUs) / 1_000_000).toFixed(2);
        found.push({ harm: 'pace', what: `${host}${path} was asked ${early} s before the end of its pause` });
      }
      if (kind === 'trouble') {
        toldAt = atUs;
        until = Math.max(until, atUs + pauseS * 1_000_000);
      }
    }
  }
  return found;
}

/** A commit is under way within a fraction of a second. */
const EXCUSED_US = 1_000_000;
