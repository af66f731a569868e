// The cookies of a job, as a browser would keep them (RFC 6265bis, sections 5.7 and 5.8). A jar owns them while the job
// runs; whatever it changes it tells, so that the store has it too. Each request counts as the visit of a person who
// typed its URL, so SameSite withholds nothing.

import { type Cookie, cookieKey, GONE_AT } from '../../base/cookies.ts';
import {
  COOKIE_AGE_MAX_MS,
  COOKIE_FIELD_LENGTH_MAX,
  COOKIES_MAX,
  COOKIES_OF_SITE_MAX,
  COOKIES_SENT_MAX,
  COOKIES_SET_AT_ONCE_MAX,
} from '../../base/limits-of-cookies.ts';
import { hostnameOf, siteOfHostname } from '../../url/host.ts';
import { acceptedCookie, domainMatches, isSecureUrl, pathMatches, pathOf } from './match.ts';
import { readSetCookie } from './set-cookie.ts';

export interface CookieJar {
  readonly isEmpty: boolean;
  /** The value of the Cookie field of a request for this URL; empty if no cookie goes there. */
  fieldFor(url: string): string;
  /** Takes what the response from this URL sets: the values of its Set-Cookie fields. */
  take(url: string, fields: readonly string[]): void;
  /**
   * Adds cookies that were kept elsewhere. Of two with the same name the one that changed later stays. `added` is told
   * of those that were added.
   */
  add(cookies: readonly Cookie[], added?: (cookie: Cookie, site: string) => void): void;
  /** A mark for `replace`: what changes from now on is later. */
  mark(): number;
  /**
   * These are the cookies of the site, but for those that have changed here since the mark. Returns whether one of them
   * was not here before.
   */
  replace(site: string, cookies: readonly Cookie[], mark: number): boolean;
  /** When the cookies that go to this URL last changed, in wall time; 0 if they never did. */
  changedAt(url: string): number;
  /** Those that have not expired, in the order of their creation. */
  all(): Cookie[];
}

interface Kept {
  cookie: Cookie;
  /** Numbers that grow with each use. */
  setAt: number;
  usedAt: number;
}

interface Site {
  /** By the key of each cookie. */
  readonly kept: Map<string, Kept>;
  /** When a cookie of the site was last taken away, in wall time. */
  goneAt: number;
}

/** `clock` tells the wall time. `changed` is told of each cookie that was set, and of each that is gone (`GONE_AT`). */
export function createCookieJar(clock: () => number, changed: (cookie: Cookie, site: string) => void): CookieJar {
  const sites = new Map<string, Site>();
  let count = 0;
  let uses = 0;
  let lastCreatedAt = 0;

  const siteFor = (name: string): Site => {
    const known = sites.get(name) ?? { kept: new Map(), goneAt: 0 };
    // The site that was used last is the last one.
    sites.delete(name);
    sites.set(name, known);
    if (sites.size > COOKIES_MAX)
      for (const [other, { kept }] of sites) if (kept.size === 0 && other !== name) sites.delete(other);
    return known;
  };

  const remove = (name: string, site: Site, key: string): void => {
    const found = site.kept.get(key);
    if (found === undefined) return;
    site.kept.delete(key);
    count -= 1;
    site.goneAt = clock();
    changed({ ...found.cookie, value: '', expiresAt: GONE_AT, changedAt: site.goneAt }, name);
  };

  /** Makes room for one more cookie of the site. */
  const makeRoom = (name: string, site: Site): void => {
    if (site.kept.size >= COOKIES_OF_SITE_MAX) remove(name, site, leastUsed(site, clock()));
    while (count >= COOKIES_MAX) {
      const [oldest, other] = sites.entries().next().value!;
      if (other.kept.size === 0) sites.delete(oldest);
      else remove(oldest, other, leastUsed(other, clock()));
    }
  };

  const keep = (name: string, cookie: Cookie): void => {
    const site = siteFor(name);
    const key = cookieKey(cookie);
    const known = site.kept.get(key);
    uses += 1;
    lastCreatedAt = Math.max(lastCreatedAt, cookie.createdAt);
    if (known !== undefined) {
      known.cookie = cookie;
      known.setAt = uses;
      known.usedAt = uses;
      return;
    }
    makeRoom(name, site);
    site.kept.set(key, { cookie, setAt: uses, usedAt: uses });
    count += 1;
  };

  const set = (url: string, field: string): void => {
    const now = clock();
    const said = readSetCookie(field, now);
    const accepted = said === null ? null : acceptedCookie(url, said, ofSite(url));
    if (accepted === null) return;
    const name = siteOfHostname(accepted.domain);
    const expiresAt = accepted.expiresAt === null ? null : Math.min(accepted.expiresAt, now + COOKIE_AGE_MAX_MS);
    const key = cookieKey(accepted);
    if (isOver(expiresAt, now)) {
      const site = sites.get(name);
      if (site !== undefined) remove(name, site, key);
      return;
    }
    const before = sites.get(name)?.kept.get(key)?.cookie;
    const isSame = before !== undefined && before.value === accepted.value && !isOver(before.expiresAt, now);
    const createdAt = before?.createdAt ?? Math.max(now, lastCreatedAt + 1);
    const cookie: Cookie = { ...accepted, expiresAt, createdAt, changedAt: isSame ? before.changedAt : now };
    keep(name, cookie);
    if (!isSame || !hasSameRules(before, cookie)) changed(cookie, name);
  };

  const ofSite = (url: string): Cookie[] =>
    Array.from(sites.get(siteOfHostname(hostnameOf(url)))?.kept.values() ?? [], ({ cookie }) => cookie);

  /** What goes to the URL, in the order in which it is sent. */
  const goingTo = (url: string): Kept[] => {
    const name = siteOfHostname(hostnameOf(url));
    if (!sites.has(name)) return [];
    const now = clock();
    const path = pathOf(url);
    const isSecure = isSecureUrl(url);
    const hostname = hostnameOf(url);
    const found: Kept[] = [];
    for (const each of siteFor(name).kept.values()) {
      const { cookie } = each;
      const isThere = cookie.isHostOnly ? cookie.domain === hostname : domainMatches(hostname, cookie.domain);
      if (!isThere || (cookie.isSecure && !isSecure) || !pathMatches(path, cookie.path)) continue;
      if (!isOver(cookie.expiresAt, now)) found.push(each);
    }
    return found.sort(
      (one, other) =>
        other.cookie.path.length - one.cookie.path.length || one.cookie.createdAt - other.cookie.createdAt,
    );
  };

  return {
    get isEmpty() {
      return count === 0;
    },
    fieldFor(url) {
      let field = '';
      for (const each of goingTo(url).slice(0, COOKIES_SENT_MAX)) {
        const { name, value } = each.cookie;
        const pair = name === '' ? value : `${name}=${value}`;
        if (field.length + 2 + pair.length > COOKIE_FIELD_LENGTH_MAX) break;
        field += field === '' ? pair : `; ${pair}`;
        uses += 1;
        each.usedAt = uses;
      }
      return field;
    },
    take(url, fields) {
      for (const field of fields.slice(0, COOKIES_SET_AT_ONCE_MAX)) set(url, field);
    },
    add(cookies, added) {
      const now = clock();
      for (const cookie of cookies) {
        const name = siteOfHostname(cookie.domain);
        const before = sites.get(name)?.kept.get(cookieKey(cookie))?.cookie;
        if (isOver(cookie.expiresAt, now) || (before !== undefined && cookie.changedAt <= before.changedAt)) continue;
        keep(name, cookie);
        added?.(cookie, name);
      }
    },
    mark: () => uses,
    replace(name, cookies, mark) {
      const { kept } = siteFor(name);
      const before = new Map(Array.from(kept, ([key, { cookie }]) => [key, cookie.value]));
      for (const [key, { setAt }] of kept) if (setAt <= mark && kept.delete(key)) count -= 1;
      const others = cookies.filter((cookie) => !kept.has(cookieKey(cookie)));
      for (const cookie of others) keep(name, cookie);
      return others.some((cookie) => before.get(cookieKey(cookie)) !== cookie.value);
    },
    changedAt(url) {
      const changes = goingTo(url).map(({ cookie }) => cookie.changedAt);
      return Math.max(sites.get(siteOfHostname(hostnameOf(url)))?.goneAt ?? 0, ...changes);
    },
    all() {
      const now = clock();
      const cookies = [...sites.values()].flatMap(({ kept }) => Array.from(kept.values(), ({ cookie }) => cookie));
      return cookies
        .filter(({ expiresAt }) => !isOver(expiresAt, now))
        .sort((one, other) => one.createdAt - other.createdAt);
    },
  };
}

function isOver(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** An expired cookie goes first, then the one that was not used for the longest time. */
function leastUsed({ kept }: Site, now: number): string {
  let found: readonly [key: string, each: Kept] | null = null;
  for (const entry of kept) if (found === null || goesBefore(entry[1], found[1], now)) found = entry;
  return found![0];
}

function goesBefore(one: Kept, other: Kept, now: number): boolean {
  const [isOneOver, isOtherOver] = [isOver(one.cookie.expiresAt, now), isOver(other.cookie.expiresAt, now)];
  return isOneOver === isOtherOver ? one.usedAt < other.usedAt : isOneOver;
}

/** The rest of the cookie is what its key is made of. */
function hasSameRules(one: Cookie, other: Cookie): boolean {
  return (
    one.expiresAt === other.expiresAt &&
    one.isSecure === other.isSecure &&
    one.isHttpOnly === other.isHttpOnly &&
    one.sameSite === other.sameSite
  );
}
