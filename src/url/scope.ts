// Which URLs belong to the job.

import { type SkipReason, UsageError } from '../base/errors.ts';
import { URL_LENGTH_MAX } from '../base/limits.ts';
import { hostOf, siteOf } from './host.ts';
import { urlKey } from './key.ts';

export interface ScopeRules {
  readonly roots: readonly string[];
  /** `host` takes http and https, and a leading `www.`, for the same; `prefix` is the root's folder; `page` the roots alone. */
  readonly scope: 'host' | 'prefix' | 'page' | 'site' | 'any';
  /** Host and scheme exactly as in a root. */
  readonly strict: boolean;
  /** Regular expressions on the whole URL; where there are any, one must match. */
  readonly include: readonly string[];
  /** Regular expressions on the whole URL; none may match. */
  readonly exclude: readonly string[];
  /** Links from a root; null for any number. */
  readonly depth: number | null;
}

export interface Scope {
  /** Why the URL is not asked for; null where it is. */
  admits(url: string, depth: number): SkipReason | null;
  /** Takes a URL in as if it were a root: where a root's redirects lead. */
  join(url: string): void;
}

const HOSTS_REMEMBERED_MAX = 10_000;

/** Throws UsageError where a pattern is no regular expression. */
export function createScope(rules: ScopeRules): Scope {
  const include = rules.include.map((pattern) => patternOf('--include', pattern));
  const exclude = rules.exclude.map((pattern) => patternOf('--exclude', pattern));
  const roots = new Set<string>();
  const places = new Set<string>();
  const judged = new Map<string, boolean>();
  const placeOf = rules.scope === 'site' ? siteOf : rules.strict ? hostOf : looseHostOf;

  const join = (url: string): void => {
    roots.add(urlKey(url));
    places.add(rules.scope === 'prefix' ? folderOf(url) : placeOf(url));
    judged.clear();
  };
  const isOnHost = (url: string): boolean => {
    const host = hostOf(url);
    let answer = judged.get(host);
    if (answer === undefined) {
      answer = places.has(placeOf(url));
      if (judged.size >= HOSTS_REMEMBERED_MAX) judged.clear();
      judged.set(host, answer);
    }
    return answer;
  };
  const isInside = (url: string): boolean => {
    if (rules.scope === 'any') return true;
    if (rules.scope === 'page') return roots.has(urlKey(url));
    if (rules.scope === 'prefix') return [...places].some((folder) => withoutScheme(url).startsWith(folder));
    return isOnHost(url);
  };

  for (const root of rules.roots) join(root);
  return {
    join,
    admits(url, depth) {
      if (!url.startsWith('http://') && !url.startsWith('https://')) return 'scheme';
      if (url.length > URL_LENGTH_MAX) return 'url-length';
      if (!isInside(url)) return 'scope';
      if (include.length + exclude.length > 0 && !roots.has(urlKey(url))) {
        if (exclude.some((pattern) => pattern.test(url))) return 'excluded';
        if (include.length > 0 && !include.some((pattern) => pattern.test(url))) return 'excluded';
      }
      return rules.depth !== null && depth > rules.depth ? 'depth' : null;
    },
  };
}

/** The host, where http and https on their own ports are one, and a leading `www.` is none. */
function looseHostOf(url: string): string {
  return withoutScheme(hostOf(url));
}

function folderOf(url: string): string {
  const { pathname } = new URL(url);
  return looseHostOf(url) + pathname.slice(0, pathname.lastIndexOf('/') + 1);
}

function withoutScheme(url: string): string {
  const rest = url.slice(url.indexOf('://') + 3);
  return rest.startsWith('www.') ? rest.slice(4) : rest;
}

function patternOf(option: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    try {
      // Escapes that mean nothing, as in `\-`, are an error with the flag and harmless without.
      return new RegExp(pattern);
    } catch (cause) {
      throw new UsageError(
        `${option}: ${JSON.stringify(pattern)} is not a regular expression (${(cause as Error).message}).`,
        { cause },
      );
    }
  }
}
