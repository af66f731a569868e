// Watches whether the user is still logged in. A page that does not show the user's mark, a redirect and a refusal are
// doubtful: before one of them is settled, another request finds out. Where the login is lost, the host is held until
// the user has logged in again, and what was doubtful is requested once more, with all its tries. This part owns what
// is known of the logins of hosts.

import type { Clock, Timer } from '../base/clock.ts';
import type { Fetch, HostNote, Lease, Outcome } from '../base/contracts.ts';
import type { JobShare } from '../base/job-share.ts';
import { COOKIES_LOOKED_FOR_MS, PROBE_HOPS_MAX, PROBES_IN_VAIN_MAX } from '../base/limits-of-logins.ts';
import { isContent } from '../base/redirects.ts';
import { hostOf } from '../url/host.ts';
import { locationOf } from './admission.ts';
import type { Gate } from './gate.ts';
import { LOGGED_OUT } from './host-state.ts';

export interface LetInParts {
  /** Whether users log in at this host. */
  readonly isWatched: (host: string) => boolean;
  /** What a page says: null if it is no page, or cannot tell. */
  readonly shows: (outcome: Outcome) => boolean | null;
  /** The URL that answers with 200 to a user who is logged in; null if pages show it. */
  readonly url: string | null;
  /** The page of a host that is looked at as long as no page has shown the mark. */
  readonly firstPage: (host: string) => string;
  readonly gate: Pick<Gate, 'probe' | 'holdForUser'>;
  readonly note: (note: HostNote) => void;
  readonly fetch: Fetch;
  /** Whether there are new cookies for these hosts, which are taken. */
  readonly hasNewCookies: (hosts: readonly string[]) => Promise<boolean>;
  readonly share: Pick<JobShare, 'has'>;
  /** How to log in again, for people, by the answer to a stranger. */
  readonly advice: (outcome: Outcome) => string;
  readonly clock: Pick<Clock, 'now' | 'after' | 'every'>;
  readonly signal: AbortSignal;
  readonly wake: () => void;
}

/** Whether the response came to a user who is logged in. If not, the URL is to be requested again. */
export type LetIn = (lease: Lease, outcome: Outcome) => true | Promise<boolean>;

interface Watched {
  readonly host: string;
  hostId: number;
  /** The last page that showed the mark. */
  page: string | null;
  /** Since when nobody is logged in; null as long as that is not known. */
  outSince: number | null;
  why: string;
  /** Probes in a row that found nothing out. */
  inVain: number;
  /** The probe that was sent last, and the one that will be sent next. */
  last: Promise<boolean>;
  next: Promise<boolean> | null;
}

/** `unknown`: the probe got no answer that says it. */
type Verdict = { readonly is: 'in' } | { readonly is: 'out' | 'unknown'; readonly why: string };

export function createLetIn(parts: LetInParts): LetIn {
  const { clock, gate, signal, url: markUrl } = parts;
  const watched = new Map<string, Watched>();
  let looking: Timer | null = null;
  let isLooking = false;

  const watchedOf = ({ host, hostId }: Lease): Watched => {
    const known = watched.get(host);
    if (known !== undefined) return known;
    const state = { outSince: null, why: '', inVain: 0, last: Promise.resolve(true), next: null };
    const each: Watched = { host, hostId, page: null, ...state };
    watched.set(host, each);
    return each;
  };
  const wait = (ms: number): Promise<boolean> =>
    new Promise((resolve) => void clock.after(ms, () => resolve(!signal.aborted)));

  const probe = async ({ host, hostId, page }: Watched, endsHold: boolean): Promise<Verdict> => {
    let url = markUrl ?? page ?? parts.firstPage(host);
    for (let hops = 0; hops <= PROBE_HOPS_MAX; hops += 1) {
      const send = (): Promise<Outcome> => parts.fetch({ url, method: 'GET' }, signal);
      const passed = await gate.probe({ url, host, hostId, endsHold }, send, wait);
      if (passed === null) return { is: 'unknown', why: `${url} must not be requested` };
      const { outcome, note } = passed;
      if (note !== null) parts.note(note);
      const { status, error, detail } = outcome;
      if (error !== null || status >= 500 || status === 429)
        return { is: 'unknown', why: `${url}: ${error ?? `status ${status}`}${detail && ` (${detail})`}` };
      if (outcome.isChallenge === true) continue;
      const to = locationOf(outcome);
      if (markUrl === null && to !== null && hostOf(to) === host) url = to;
      else if (markUrl === null ? parts.shows(outcome) === true : isContent(outcome)) return { is: 'in' };
      else return { is: 'out', why: parts.advice(outcome) };
    }
    return { is: 'unknown', why: `${url} redirects too often` };
  };

  const hold = (each: Watched): void => {
    each.outSince ??= clock.now();
    const note = gate.holdForUser(each.host, each.outSince, `${LOGGED_OUT}: ${each.why}`);
    if (note !== null) parts.note(note);
    looking ??= clock.every(COOKIES_LOOKED_FOR_MS, () => void look());
  };
  /** Whether the user is logged in at the host, by a probe that is sent from now on. */
  const run = async (each: Watched, endsHold: boolean): Promise<boolean> => {
    const verdict = await probe(each, endsHold);
    if (signal.aborted) return false;
    each.inVain = verdict.is === 'unknown' ? each.inVain + 1 : 0;
    if (verdict.is === 'in') each.outSince = null;
    else {
      each.why = verdict.why;
      if (verdict.is === 'out' || endsHold || each.inVain >= PROBES_IN_VAIN_MAX) hold(each);
    }
    parts.wake();
    return verdict.is === 'in';
  };
  /** One probe answers for all responses that came before it was sent. */
  const confirmed = (each: Watched): Promise<boolean> => {
    if (each.next !== null) return each.next;
    const next = each.last.then(() => {
      each.next = null;
      return each.outSince === null ? run(each, false) : false;
    });
    each.next = next;
    each.last = next.catch(() => false);
    return next;
  };
  /** The user may have logged in again. */
  const look = async (): Promise<void> => {
    // Another worker has the host now, and finds out for itself.
    for (const { host } of watched.values()) if (!parts.share.has(host)) watched.delete(host);
    const out = [...watched.values()].filter(({ outSince }) => outSince !== null);
    if (out.length === 0 || signal.aborted) {
      looking?.cancel();
      looking = null;
    } else if (!isLooking) {
      isLooking = true;
      const isNew = await parts.hasNewCookies(out.map(({ host }) => host));
      isLooking = false;
      if (isNew) for (const each of out) each.last = each.last.then(() => run(each, true));
    }
  };

  return (lease, outcome) => {
    if (outcome.isChallenge === true || outcome.status === 0 || !parts.isWatched(lease.host)) return true;
    const said = parts.shows(outcome);
    const each = watchedOf(lease);
    each.hostId = lease.hostId;
    if (said === true && markUrl === null) {
      each.page = outcome.url;
      return true;
    }
    if (said !== false && !isDoubtful(outcome)) return true;
    if (each.outSince === null) return confirmed(each);
    hold(each);
    return Promise.resolve(false);
  };
}

/** A redirect, unless it only leads to another name of the host, and a refusal. */
function isDoubtful(outcome: Outcome): boolean {
  if (outcome.status === 401 || outcome.status === 403) return true;
  const to = locationOf(outcome);
  return to !== null && bare(to) !== bare(outcome.url);
}

function bare(url: string): string {
  return url.replace(/^https?:\/\/(?:www\.)?/i, '');
}
