// The layer that says who the user is. Basic goes with each request to the origin of its login; Digest only once the
// server has asked for it. A response that asks is marked, and whoever made the request makes it again when its host
// has room: nothing here sends a request twice. What is learnt of an origin (its realms, their nonces, that it refuses
// the password) is kept here for one run.

import type { Layer, Outcome, Request } from '../../base/contracts.ts';
import { headerAll, headerOf } from '../../base/headers.ts';
import { URLS_REMEMBERED_MAX } from '../../base/limits.ts';
import { CHALLENGES_IN_A_ROW_MAX } from '../../base/limits-of-logins.ts';
import type { Origins } from '../net/origins.ts';
import { type Challenge, readChallenges } from './challenges.ts';
import { beginDigest, type DigestSession, digestField, takeNextNonce } from './digest.ts';
import { createRealms, type Realm, type Realms } from './realms.ts';
import { digestIn, wishesOf } from './wishes.ts';

export interface LoginRules {
  /** The login of each origin. */
  readonly logins: ReadonlyMap<string, { readonly user: string; readonly password: string }>;
  /** No password is sent as HTTP Basic. */
  readonly digestAlone: boolean;
  /** Told once of each realm that refuses the password: the rest of a sentence about the origin. */
  readonly onRefused?: ((origin: string, what: string) => void) | undefined;
}

/** What is known of an origin that has a login. */
interface Known {
  readonly origin: string;
  readonly login: { readonly user: string; readonly password: string };
  readonly basic: string;
  readonly realms: Realms;
  /** Basic is sent without being asked for. */
  isBasicAtOnce: boolean;
  /** Pages came for requests with Basic that nobody had asked for, so the password may be right. */
  hasPassed: boolean;
  readonly asked: Map<string, Asked>;
}

/** A URL whose last response asked. */
interface Asked {
  /** How often in a row it was answered. */
  readonly times: number;
  /** It waited for what comes of the answer to another URL. */
  readonly hasWaited: boolean;
  /** Null if it waits, and once the answer was sent. */
  answer: Answer | null;
}

/** How a request is answered for: in a realm, or by Basic without having been asked. */
interface Answer {
  readonly realm: Realm | null;
  readonly session: DigestSession | null;
}

/** What to do about a 401. */
type Verdict =
  | { readonly again: Answer | 'later'; readonly how: string }
  | { readonly again: null; readonly why: string };

export function loginLayer({ logins, digestAlone, onRefused }: LoginRules, origins: Origins): Layer {
  const known = new Map<string, Known>();
  for (const [origin, login] of logins) {
    const basic = `Basic ${Buffer.from(`${login.user}:${login.password}`, 'utf8').toString('base64')}`;
    const realms = createRealms((what) => onRefused?.(origin, what));
    known.set(origin, {
      origin,
      login,
      basic,
      realms,
      isBasicAtOnce: !digestAlone,
      hasPassed: false,
      asked: new Map(),
    });
  }
  return (next) => (request, signal) => {
    const target = origins.target(request.url);
    const of = target === null ? undefined : known.get(target.origin.key);
    const isOwn = request.headers !== undefined && headerOf(request.headers, 'authorization') !== undefined;
    if (target === null || of === undefined || isOwn) return next(request, signal);
    const sent = answerFor(of, request.url, target.path);
    const field = sent === null ? null : fieldOf(of, sent, request.method, target.path);
    const told: Request = field === null ? request : { ...request, headers: withField(request.headers, field) };
    return next(told, signal).then((outcome) => {
      if (sent?.realm) sent.realm.isProving = false;
      if (outcome.status === 401 && outcome.error === null)
        return challenged(of, outcome, sent, { path: target.path, digestAlone });
      if (outcome.status > 0) passed(of, outcome, sent, target.path);
      return outcome;
    });
  };
}

function withField(headers: readonly string[] = [], field: string): readonly string[] {
  return [...headers, 'Authorization', field];
}

/** Null if nothing is to be sent. As long as nobody knows whether the password is right, one request tries it. */
function answerFor({ asked, realms, isBasicAtOnce }: Known, url: string, path: string): Answer | null {
  const own = asked.get(url);
  const realm = own?.answer?.realm ?? realms.of(path);
  if (realm === null) return isBasicAtOnce ? { realm: null, session: null } : null;
  if (realm.isRefused || (realm.isProving && own?.hasWaited !== true)) return null;
  const session = own?.answer?.session ?? realm.session;
  if (own) own.answer = null;
  realm.isProving = !realm.hasAccepted;
  return { realm, session };
}

function fieldOf({ basic, login }: Known, { session }: Answer, method: string, path: string): string {
  return session === null ? basic : digestField(session, login, method, path);
}

/** The server did not ask. It may name the nonce that it wants next. */
function passed(of: Known, { url, status, headers }: Outcome, sent: Answer | null, path: string): void {
  of.asked.delete(url);
  if (sent === null) return;
  const isThere = status < 400 || status === 404;
  // Many servers let everybody have this one.
  if (sent.realm !== null) sent.realm.hasAccepted ||= isThere;
  else of.hasPassed ||= isThere && path !== '/robots.txt';
  if (sent.session !== null) takeNextNonce(sent.session, headerOf(headers, 'authentication-info'));
}

interface Circumstances {
  readonly path: string;
  readonly digestAlone: boolean;
  /** The URL was asked with an answer to its own last response. */
  readonly isFresh?: boolean;
  /** It has waited once for what comes of the answer to another URL. */
  readonly hasWaited?: boolean;
}

function challenged(of: Known, outcome: Outcome, sent: Answer | null, how: Circumstances): Outcome {
  const { url } = outcome;
  const { times, hasWaited } = of.asked.get(url) ?? { times: 0, hasWaited: false };
  const challenges = readChallenges(headerAll(outcome.headers, 'www-authenticate'));
  const verdict = verdictOn(of, challenges, sent, { ...how, isFresh: times > 0, hasWaited });
  const { again } = verdict;
  if (again === null || (again !== 'later' && times >= CHALLENGES_IN_A_ROW_MAX)) {
    of.asked.delete(url);
    const why = again === null ? verdict.why : refused(of, again.realm!.name, 'Digest', how.path);
    return { ...outcome, detail: outcome.detail || why };
  }
  if (of.asked.size >= URLS_REMEMBERED_MAX) of.asked.clear();
  if (again === 'later') of.asked.set(url, { times, hasWaited: true, answer: null });
  else of.asked.set(url, { times: times + 1, hasWaited, answer: again });
  return { ...outcome, isChallenge: true, detail: verdict.how };
}

function verdictOn(of: Known, challenges: readonly Challenge[], sent: Answer | null, how: Circumstances): Verdict {
  const { realms, login } = of;
  const troubles: string[] = [];
  const digest = digestIn(challenges, troubles);
  const basic = challenges.find(({ scheme }) => scheme === 'basic')?.parameters.get('realm') ?? null;
  if (sent !== null && sent.session === null && (basic !== null || digest === null))
    return { again: null, why: refused(of, sent.realm?.name ?? basic ?? '', 'Basic', how.path) };
  const name = digest?.realm ?? (how.digestAlone ? null : basic);
  if (name === null)
    return {
      again: null,
      why: `no password was sent: the server asks for ${wishesOf(challenges, troubles, how.digestAlone ? '--digest' : null)}`,
    };
  const before = realms.named(name);
  if (before?.isRefused) return { again: null, why: 'no password was sent: the server refused it before' };
  // Some servers forget a nonce and do not say that it is stale.
  const isOld = digest?.isStale === true || (before?.hasAccepted === true && how.isFresh !== true);
  if (before !== null && sent?.realm === before && !isOld)
    return { again: null, why: refused(of, name, 'Digest', how.path) };
  of.isBasicAtOnce = false;
  const ask = 'the server asks who it is: asked again';
  if (before?.isProving && how.hasWaited !== true) return { again: 'later', how: ask };
  const session = digest === null ? null : beginDigest(digest, login);
  const realm = realms.begin(name, { session, domain: digest?.domain ?? [], origin: of.origin }, how.path);
  const scheme = session === null ? 'Basic' : 'Digest';
  return { again: { realm, session }, how: `${ask} with ${scheme}` };
}

/** The server did not take what was sent. Where it took the password for other URLs, it may be right for them still. */
function refused(of: Known, realm: string, scheme: string, path: string): string {
  const isDoubtful = of.isBasicAtOnce && of.hasPassed;
  of.isBasicAtOnce = false;
  return of.realms.refuse(realm, { scheme, isDoubtful }, path);
}
