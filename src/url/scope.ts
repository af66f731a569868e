// Decides which URLs belong to the job. The roots name the places that are in scope; they change only when a root
// redirects or answers.

import type { SkipReason } from '../base/errors.ts';
import { SCOPE_HOSTS_REMEMBERED_MAX, URL_LENGTH_MAX } from '../base/limits.ts';
import { type Areas, createFolders } from './folders.ts';
import { hostOf, siteOf } from './host.ts';
import { urlKey } from './key.ts';
import { patternOf } from './pattern.ts';

export interface ScopeRules {
  readonly roots: readonly string[];
  /**
   * `host`: the hosts of the roots; http and https count as the same, with or without a leading `www.`. `prefix`: the
   * folder where the root's redirects end (for a root `/docs` that does not redirect: `/docs` and everything below). A
   * refresh within ten seconds, to a URL of the same host, counts as a redirect.
   * `page`: the roots alone.
   */
  readonly scope: 'host' | 'prefix' | 'page' | 'site' | 'any';
  /** Host and scheme must be exactly those of a root; for `host` and `prefix`. */
  readonly strict: boolean;
  /** Regular expressions that may match anywhere in the URL. A URL must match one of them, if any; roots need not. */
  readonly include: readonly string[];
  /**
   * Regular expressions that may match anywhere in the URL. A URL must match none of them; roots are requested anyway.
   */
  readonly exclude: readonly string[];
  /** The most links from a root; null for no limit. */
  readonly depth: number | null;
}

export interface Scope {
  /** Why the URL is not requested; null if it is in scope. The reason is `depth` only if no other reason applies. */
  admits(url: string, depth: number): SkipReason | null;
  /**
   * Why a requisite of a page in scope is not requested; null if it is. A requisite may be on any host and at any
   * depth, but `exclude` applies.
   */
  admitsRequisite(url: string): SkipReason | null;
  /**
   * Whether the host is the host of a root, or of a URL that a root redirected to, whatever part of the host is in
   * scope.
   */
  hasHost(url: string): boolean;
  /** A page that leads on by itself counts as a redirect: only a part of the host is in scope. */
  readonly countsRefreshes: boolean;
  /**
   * A root has led to a place that was not in scope before, so what was judged until then may be in scope now. Once
   * true it stays true.
   */
  readonly hasGrown: boolean;
  /** A root, or a URL that a root redirected to, answered with a redirect. */
  moved(from: string, to: string): void;
  /**
   * A root, or a URL that a root redirected to, answered without a redirect: from now on that URL is in scope like a
   * root. `status` is null if there was no response.
   */
  ended(url: string, status: number | null): void;
}

/** The patterns of `rules` must have passed `patternFault`. */
export function createScope(rules: ScopeRules): Scope {
  const include = rules.include.map(patternOf);
  const exclude = rules.exclude.map(patternOf);
  const roots = new Set<string>();
  const places = createAreas(rules);
  // A folder is only part of a host, so `hasHost` needs places of its own.
  const hosts = rules.scope === 'prefix' || rules.scope === 'page' ? createAreas({ ...rules, scope: 'host' }) : places;
  const isInside = rules.scope === 'page' ? (url: string) => roots.has(urlKey(url)) : places.has;
  let hasGrown = false;
  const growing = (url: string, change: () => void): void => {
    const wasInside = isInside(url);
    change();
    hasGrown ||= !wasInside && isInside(url);
  };
  for (const root of rules.roots) {
    roots.add(urlKey(root));
    places.add(root);
    hosts.add(root);
  }
  return {
    countsRefreshes: rules.scope === 'prefix',
    get hasGrown() {
      return hasGrown;
    },
    moved: (from, to) => growing(to, () => places.moved(from, to)),
    ended(url, status) {
      if (status === null || status < 200 || status > 299) return;
      growing(url, () => {
        roots.add(urlKey(url));
        places.ended(url);
        hosts.ended(url);
      });
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

/** Why the URL cannot be requested in any job; null if it can. */
export function unfit(url: string): 'scheme' | 'url-length' | null {
  if (!url.startsWith('http://') && !url.startsWith('https://')) return 'scheme';
  return url.length > URL_LENGTH_MAX ? 'url-length' : null;
}

/**
 * Why a URL has the reason `excluded`: the pattern of `exclude` that it matches, or null if it only matches no pattern
 * of `include`.
 */
export function excludingPattern({ exclude }: Pick<ScopeRules, 'exclude'>, url: string): string | null {
  return exclude.find((pattern) => patternOf(pattern).test(url)) ?? null;
}

function createAreas({ scope, strict }: ScopeRules): Areas {
  const nameOf = strict ? hostOf : looseHostOf;
  if (scope === 'any') return { add: () => {}, moved: () => {}, ended: () => {}, has: () => true };
  if (scope === 'prefix') return createFolders((url) => nameOf(url) + pathOf(urlKey(url)));
  return createHosts(scope === 'site' ? siteOf : nameOf);
}

// The answer is cached by host as written. A link then costs one look-up instead of a parse or a search of the suffix
// list.
function createHosts(placeOf: (url: string) => string): Areas {
  const places = new Set<string>();
  const judged = new Map<string, boolean>();
  const add = (url: string): void => {
    const place = placeOf(url);
    if (!places.has(place)) judged.clear();
    places.add(place);
  };
  return {
    add,
    // The host of a root stays in scope wherever the root redirects. The hosts on the way do not come into scope.
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

/** The host in a form that is the same for http and https on their default ports, with or without a leading `www.`. */
function looseHostOf(url: string): string {
  const host = hostOf(url);
  const from = host.indexOf('://') + 3;
  const name = host.startsWith('www.', from) ? host.slice(from + 4) : host.slice(from);
  return /:\d+$/.test(name) ? host.slice(0, from) + name : name;
}

/** The path of a key, without its query. */
function pathOf(key: string): string {
  const from = key.indexOf('/', key.indexOf('://') + 3);
  const query = key.indexOf('?', from);
  return query < 0 ? key.slice(from) : key.slice(from, query);
}
