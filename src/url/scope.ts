// Which URLs belong to the job. It owns the places that the roots name; only what becomes of the roots changes them.

import type { SkipReason } from '../base/errors.ts';
import { SCOPE_HOSTS_REMEMBERED_MAX, URL_LENGTH_MAX } from '../base/limits.ts';
import { createFolders, type Places } from './folders.ts';
import { hostOf, siteOf } from './host.ts';
import { urlKey } from './key.ts';
import { patternOf } from './pattern.ts';

export interface ScopeRules {
  readonly roots: readonly string[];
  /**
   * `host` takes http and https, and a leading `www.`, for the same; `prefix` is the folder where the root's redirects end (`/docs` that
   * answers by itself: it, and all below); `page` the roots alone.
   */
  readonly scope: 'host' | 'prefix' | 'page' | 'site' | 'any';
  /** Host and scheme exactly as in a root; for `host` and `prefix`. */
  readonly strict: boolean;
  /** Regular expressions on the whole URL; where there are any, one must match. Roots need not. */
  readonly include: readonly string[];
  /** Regular expressions on the whole URL; none may match. Roots are asked all the same. */
  readonly exclude: readonly string[];
  /** Links from a root; null for any number. */
  readonly depth: number | null;
}

export interface Scope {
  /** Why the URL is not asked for; null where it is. `depth` only where nothing else speaks against it. */
  admits(url: string, depth: number): SkipReason | null;
  /** The same for what a page in scope is made of: it may be on any host and is cut by no depth, but `exclude` holds. */
  admitsRequisite(url: string): SkipReason | null;
  /** Whether the host is one of a root, or where one led, whatever part of it is in the job. */
  hasHost(url: string): boolean;
  /** A root, or where one led, redirects. */
  moved(from: string, to: string): void;
  /** It does not: where the redirects of a root end at a page is in the job as if it were a root. `status` is null without an answer. */
  ended(url: string, status: number | null): void;
}

/** Its patterns were found to be regular expressions, by `patternFault`. */
export function createScope(rules: ScopeRules): Scope {
  const include = rules.include.map(patternOf);
  const exclude = rules.exclude.map(patternOf);
  const roots = new Set<string>();
  const places = createPlaces(rules);
  // A folder is part of a host.
  const hosts = rules.scope === 'prefix' || rules.scope === 'page' ? createPlaces({ ...rules, scope: 'host' }) : places;
  const isInside = rules.scope === 'page' ? (url: string) => roots.has(urlKey(url)) : places.has;
  for (const root of rules.roots) {
    roots.add(urlKey(root));
    places.add(root);
    hosts.add(root);
  }
  const unfit = (url: string): SkipReason | null => {
    if (!url.startsWith('http://') && !url.startsWith('https://')) return 'scheme';
    return url.length > URL_LENGTH_MAX ? 'url-length' : null;
  };
  return {
    moved: places.moved,
    ended(url, status) {
      if (status === null || status < 200 || status > 299) return;
      roots.add(urlKey(url));
      places.ended(url);
      hosts.ended(url);
    },
    hasHost: hosts.has,
    admitsRequisite: (url) => unfit(url) ?? (exclude.some((pattern) => pattern.test(url)) ? 'excluded' : null),
    admits(url, depth) {
      const reason = unfit(url);
      if (reason !== null) return reason;
      if (!isInside(url)) return 'scope';
      if (exclude.some((pattern) => pattern.test(url))) return 'excluded';
      if (include.length > 0 && !include.some((pattern) => pattern.test(url)) && !roots.has(urlKey(url))) {
        return 'excluded';
      }
      return rules.depth !== null && depth > rules.depth ? 'depth' : null;
    },
  };
}

/** The pattern for which a URL in scope is `excluded`: that of `exclude` which matches; null where none of `include` does. */
export function excludingPattern({ exclude }: Pick<ScopeRules, 'exclude'>, url: string): string | null {
  return exclude.find((pattern) => patternOf(pattern).test(url)) ?? null;
}

function createPlaces({ scope, strict }: ScopeRules): Places {
  const nameOf = strict ? hostOf : looseHostOf;
  if (scope === 'any') return { add: () => {}, moved: () => {}, ended: () => {}, has: () => true };
  if (scope === 'prefix') return createFolders((url) => nameOf(url) + pathOf(urlKey(url)));
  return createHosts(scope === 'site' ? siteOf : nameOf);
}

// The answer is kept by host as written: that is one look-up a link where the place itself takes a parse or a suffix list.
function createHosts(placeOf: (url: string) => string): Places {
  const places = new Set<string>();
  const judged = new Map<string, boolean>();
  const add = (url: string): void => {
    const place = placeOf(url);
    if (!places.has(place)) judged.clear();
    places.add(place);
  };
  return {
    add,
    // The host of a root stays in the job wherever the root leads, and those on the way are not in it.
    moved: () => {},
    ended: add,
    has(url) {
      const host = hostOf(url);
      let answer = judged.get(host);
      if (answer === undefined) {
        answer = places.has(placeOf(url));
        if (judged.size >= SCOPE_HOSTS_REMEMBERED_MAX) judged.clear();
        judged.set(host, answer);
      }
      return answer;
    },
  };
}

/** The host, where http and https on their own ports are one, and a leading `www.` is none. */
function looseHostOf(url: string): string {
  const host = hostOf(url);
  const from = host.indexOf('://') + 3;
  const name = host.startsWith('www.', from) ? host.slice(from + 4) : host.slice(from);
  return /:\d+$/.test(name) ? host.slice(0, from) + name : name;
}

/** Path without query, of a key. */
function pathOf(key: string): string {
  const from = key.indexOf('/', key.indexOf('://') + 3);
  const query = key.indexOf('?', from);
  return query < 0 ? key.slice(from) : key.slice(from, query);
}
