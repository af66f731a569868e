// Decides which of the URLs on a page belong to the job, and gives them the form that the frontier takes.

import type { Lease, Link, LinkKind, NewUrl, Outcome, ParsedPage, SitemapMention } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { asciiUrl } from '../base/headers.ts';
import { LINKS_AT_ONCE_MAX, URL_LENGTH_MAX } from '../base/limits.ts';
import { leadsToPage } from '../base/link-kind.ts';
import { writtenLocation } from '../base/redirects.ts';
import { hostOf } from '../url/host.ts';
import { isNoUrl, joinUrl, withoutUserinfo } from '../url/join.ts';
import { looksLikeLogout } from '../url/logout.ts';
import { type Scope, unfit } from '../url/scope.ts';
import { areLong, inTurns, judgedInTurns } from './judged-in-turns.ts';

export interface AdmissionRules {
  readonly scope: Scope;
  readonly followNofollow: boolean;
  /** The function that `writtenKeyOfJob` returns. */
  readonly keyOf: (url: string) => string;
  /** The user gave a password, a cookie or another secret: links that may end a session are skipped. */
  readonly hasCredentials: boolean;
  readonly redirectsMax: number;
  /** When the cookies that go to a URL last changed, in wall time. */
  readonly cookiesChangedAt: (url: string) => number;
  /** Fetch what pages need too: images, styles, scripts, fonts. */
  readonly pageRequisites: boolean;
  /** Called for each URL that is not requested, when it is found. */
  readonly onSkip?: ((url: string, reason: SkipReason) => unknown) | undefined;
}

export interface Admission {
  roots(urls: readonly string[]): NewUrl[];
  /** Returns at once if the links are few and short; otherwise it works with turns of the event loop in between. */
  links(lease: Lease, found: ParsedPage): NewUrl[] | Promise<NewUrl[]>;
  /**
   * Judges a URL once more that a page leads to and that was not in scope when it was found. Null if it is to be
   * requested.
   */
  again(url: string, depth: number): SkipReason | null;
  /** Takes an entry of a sitemap. */
  listed(url: string, mention: SitemapMention): NewUrl;
  /** Whether the host may be asked for a sitemap, no matter what names the sitemap. */
  hasHost(url: string): boolean;
  redirect(lease: Lease, outcome: Outcome): Redirect;
  /** Tells the scope how a root, or a URL that a root redirected to, answered. */
  rootAnswered(lease: Lease, outcome: Outcome): void;
}

/** Where a response redirects: nowhere, to a URL with a row of its own, or to another form of the same URL. */
export interface Redirect {
  readonly target: NewUrl | null;
  /** The target if it has the same key as the source: it is requested next, for the same row. Otherwise null. */
  readonly form: string | null;
  /** The fragment of the target, with its `#`; empty if it has none. */
  readonly fragment: string;
  readonly error: ErrorCode | null;
  /** Why the redirect leads nowhere, in words; empty if it leads somewhere or is not a redirect. */
  readonly remark: string;
}

const LONG_LIST = 64;
/** How much is shown of a Location that leads nowhere. */
const SHOWN_LENGTH_MAX = 100;
const NO_REDIRECT: Redirect = { target: null, form: null, fragment: '', error: null, remark: '' };

/** Kinds of links to the requisites of a page. */
const REQUISITES: ReadonlySet<LinkKind> = new Set(['requisite', 'style', 'script']);
/**
 * Kinds of links to documents that take their encoding from what led to them, if they name none. A requisite may be a
 * style sheet that is loaded ahead, or a page in an `object`.
 */
const TAKE_CHARSET: ReadonlySet<LinkKind> = new Set([...REQUISITES, 'frame']);
/** Elements that may hold a page as a frame does. Alone it would not be read as UTF-8 if its bytes are none. */
const FRAMES: ReadonlySet<string> = new Set(['object', 'embed']);

/** How a URL was found. Roots are always admitted, parts of a page on any host, and some links are only recorded. */
type Role = 'root' | 'link' | 'part' | 'nofollow';

/** A URL as found. Its host and its scope are computed only if the store has not seen its key, which is rare. */
class Found implements NewUrl {
  readonly url: string;
  readonly depth: number;
  readonly hops: number;
  readonly link: Link | undefined;
  outerCharset: string | undefined = undefined;
  wasNew = false;
  readonly #rules: AdmissionRules;
  readonly #role: Role;
  /** Results that `judge` computed ahead of time. */
  #judged: { readonly key: string; readonly admitted: SkipReason | null; readonly isLogout: boolean } | null = null;

  constructor(rules: AdmissionRules, role: Role, url: string, depth: number, hops: number, link?: Link) {
    this.url = url;
    this.depth = depth;
    this.hops = hops;
    this.link = link;
    this.#rules = rules;
    this.#role = role;
  }

  get key(): string {
    return this.#judged?.key ?? this.#rules.keyOf(this.url);
  }

  get host(): string {
    return hostOf(this.url);
  }

  get skip(): SkipReason | null {
    const rules = this.#rules;
    if (this.#role === 'root') return null;
    const admitted = this.#judged === null ? this.#admitted() : this.#judged.admitted;
    // The depth comes last: it may fall later, and then no other reason must stand against the URL.
    const reason = admitted === null || admitted === 'depth' ? this.#doubt(admitted) : admitted;
    if (reason !== null) rules.onSkip?.(this.url, reason);
    this.wasNew = reason === null;
    return reason;
  }

  get nofollow(): boolean {
    return this.#role === 'nofollow';
  }

  /** Computes now what takes long for a long URL. */
  judge(): void {
    const admitted = this.#role === 'root' ? null : this.#admitted();
    this.#judged = { key: this.key, admitted, isLogout: this.#isLogout() };
  }

  #admitted(): SkipReason | null {
    const { scope } = this.#rules;
    return this.#role === 'part' ? scope.admitsRequisite(this.url) : scope.admits(this.url, this.depth);
  }

  #isLogout(): boolean {
    return looksLikeLogout(this.url, this.#rules.hasCredentials);
  }

  #doubt(depth: 'depth' | null): SkipReason | null {
    if (this.#judged?.isLogout ?? this.#isLogout()) return 'logout';
    return this.nofollow ? 'nofollow' : depth;
  }
}

export function createAdmission(rules: AdmissionRules): Admission {
  const { scope } = rules;
  /** A URL that was requested although it is out of scope can only be part of a page. */
  const isRequisite = (lease: Lease): boolean => rules.pageRequisites && scope.admits(lease.url, 0) !== null;
  const roleOf = (link: Link, { nofollow }: ParsedPage): Role => {
    return !rules.followNofollow && (nofollow || hasToken(link.rel, 'nofollow')) ? 'nofollow' : 'link';
  };
  const redirect = (lease: Lease, outcome: Outcome): Redirect => {
    const url = locationOf(outcome);
    const remark = remarkOf(outcome, url);
    if (url === null || remark !== '') return { ...NO_REDIRECT, remark };
    // The user meant the target of a root's redirect, whatever the scope says.
    const role = lease.depth === 0 ? 'root' : isRequisite(lease) ? 'part' : 'link';
    const target = new Found(rules, role, url, lease.depth, lease.hops + lease.forms.length + 1);
    const isForm = target.key === new Found(rules, role, lease.url, 0, 0).key;
    // If no cookie has changed since the URL was requested in this form, the answer would be the same.
    const askedAt = isForm ? lastAskedAt(lease, outcome, url) : null;
    if (askedAt !== null && rules.cookiesChangedAt(url) < askedAt) return { ...NO_REDIRECT, error: 'redirect-loop' };
    if (target.hops > rules.redirectsMax) return { ...NO_REDIRECT, error: 'redirect-limit' };
    return isForm ? { ...NO_REDIRECT, form: url } : { ...NO_REDIRECT, target, fragment: fragmentOf(outcome) };
  };
  /**
   * Where a root leads on by itself, if that moves the scope as a redirect does. Its page then leads nowhere else, for
   * the scope is known only where it ends. A later run knows the target because it is the first link of the page.
   */
  const refreshOf = ({ url, depth, hops }: Lease, { refresh, nofollow }: ParsedPage): Found | null => {
    if (depth > 0 || refresh === undefined || !scope.countsRefreshes || !scope.hasHost(refresh)) return null;
    const target = new Found(rules, 'root', refresh, 0, hops + 1);
    if (target.hops > rules.redirectsMax || (nofollow && !rules.followNofollow)) return null;
    scope.moved(url, refresh);
    return target;
  };
  return {
    redirect,
    hasHost: scope.hasHost,
    again(url, depth) {
      const admitted = scope.admits(url, depth);
      const isDoubtful = admitted === null || admitted === 'depth';
      return isDoubtful && looksLikeLogout(url, rules.hasCredentials) ? 'logout' : admitted;
    },
    roots: (urls) => urls.map((url) => new Found(rules, 'root', url, 0, 0)),
    links(lease, found) {
      const isPart = isRequisite(lease);
      const { depth } = lease;
      const refreshed = refreshOf(lease, found);
      const admitted = refreshed === null ? [] : [refreshed];
      // A long list names the same pages again and again; for a short one a table does not pay.
      const met = found.links.length > LONG_LIST ? new Set<string>() : null;
      /** The encodings that links give to their targets. A link of another kind to the same URL may come first. */
      const outers = new Map<string, string>();
      const admit = (link: Link): void => {
        const leads = !isPart && refreshed === null && leadsToPage(link.kind);
        // The parts of a style sheet belong to the page, wherever the style sheet is. The parts of a page that is
        // served as an image do not.
        const isPartOfIt = rules.pageRequisites && REQUISITES.has(link.kind) && (!isPart || link.element === 'css');
        if (!(leads || isPartOfIt)) return;
        const outer = outerCharsetOf(link, found);
        if (outer !== undefined && !outers.has(link.url)) outers.set(link.url, outer);
        if (met?.has(link.url)) return;
        const role = leads ? roleOf(link, found) : 'part';
        // The same link may occur again without nofollow.
        if (role !== 'nofollow') met?.add(link.url);
        // A part of a root is not a root: its redirects do not extend the scope.
        admitted.push(new Found(rules, role, link.url, leads ? depth + 1 : depth || 1, 0, link));
      };
      if (found.links.length > LINKS_AT_ONCE_MAX) {
        return inTurns(found.links, admit)
          .then(() => giveOuter(admitted, outers))
          .then(() => judgedInTurns(admitted));
      }
      for (const link of found.links) admit(link);
      giveOuter(admitted, outers);
      return areLong(admitted) ? judgedInTurns(admitted) : admitted;
    },
    listed: (url, mention) => {
      const { key, host, depth, hops, skip } = new Found(rules, 'link', url, 1, 0);
      return { url, key, host, depth, hops, skip, mention };
    },
    rootAnswered(lease, outcome) {
      const { target, form } = redirect(lease, outcome);
      if (target !== null) scope.moved(lease.url, target.url);
      else if (form === null) scope.ended(lease.url, outcome.status);
    },
  };
}

function giveOuter(admitted: readonly Found[], outers: ReadonlyMap<string, string>): void {
  if (outers.size === 0) return;
  for (const found of admitted) found.outerCharset = outers.get(found.url);
}

/** When this form of the URL was last requested, in wall time; null if it was not. */
function lastAskedAt({ url, forms, formsAskedAt }: Lease, { startedAt }: Outcome, form: string): number | null {
  if (form === url) return startedAt;
  const before = forms.lastIndexOf(form);
  return before < 0 ? null : (formsAskedAt[before] ?? startedAt);
}

/** The target of a redirect, absolute and without fragment; null if the response is not a redirect or names no URL. */
export function locationOf(outcome: Outcome): string | null {
  const location = writtenLocation(outcome);
  return location === null ? null : joinUrl(asciiUrl(location), outcome.url);
}

/** The fragment of a redirect's target. */
function fragmentOf(outcome: Outcome): string {
  const location = writtenLocation(outcome);
  if (location === null || !location.includes('#')) return '';
  const fragment = URL.parse(asciiUrl(location), outcome.url)?.hash ?? '';
  return fragment.length > URL_LENGTH_MAX ? '' : fragment;
}

/** The encoding that the target of a link takes if it names none; undefined if it takes what it would have alone. */
function outerCharsetOf({ kind, element, charset }: Link, found: ParsedPage): string | undefined {
  const outer = charset ?? found.charset;
  if (outer === 'utf-8' && kind !== 'frame' && !FRAMES.has(element)) return undefined;
  return outer === '' || !TAKE_CHARSET.has(kind) ? undefined : outer;
}

/** The remark on a redirect that cannot be followed. It shows the beginning of the target. */
function remarkOf(outcome: Outcome, url: string | null): string {
  const written = writtenLocation(outcome)?.trim() ?? null;
  if (written === null || (url !== null && unfit(url) === null)) return '';
  if (url?.startsWith('http')) return `its Location has ${url.length} characters, more than servers accept`;
  const shown = JSON.stringify(withoutUserinfo(written).slice(0, SHOWN_LENGTH_MAX));
  return `its Location ${isNoUrl(written) ? 'is not a URL' : 'does not lead to a page'}: ${shown}`;
}

function hasToken(list: string, token: string): boolean {
  return list.includes(token) && list.split(/[\t\n\f\r ]+/).includes(token);
}
