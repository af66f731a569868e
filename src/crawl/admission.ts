// Which of the URLs that a page leads to belong to the job, in the form in which the frontier takes them.

import { systemClock } from '../base/clock.ts';
import type { Lease, Link, LinkKind, NewUrl, Outcome, ParsedPage, SitemapMention } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { asciiUrl } from '../base/headers.ts';
import { JUDGED_AT_ONCE_LENGTH } from '../base/limits.ts';
import { leadsToPage } from '../base/link-kind.ts';
import { writtenLocation } from '../base/redirects.ts';
import { hostOf } from '../url/host.ts';
import { isNoUrl, joinUrl, withoutUserinfo } from '../url/join.ts';
import { looksLikeLogout } from '../url/logout.ts';
import { type Scope, unfit } from '../url/scope.ts';

export interface AdmissionRules {
  readonly scope: Scope;
  readonly followNofollow: boolean;
  /** As `writtenKeyOfJob`. */
  readonly keyOf: (url: string) => string;
  /** The user gave a password, a cookie or another secret: links that may end a session are left alone. */
  readonly hasCredentials: boolean;
  readonly redirectsMax: number;
  /** Also what pages are made of: images, styles, scripts, fonts. */
  readonly pageRequisites: boolean;
  /** Told of each URL that is not asked for, as it is found. */
  readonly onSkip?: ((url: string, reason: SkipReason) => unknown) | undefined;
}

export interface Admission {
  roots(urls: readonly string[]): NewUrl[];
  /** At once where they are few and short; else with turns of the event loop between. */
  links(lease: Lease, found: ParsedPage): NewUrl[] | Promise<NewUrl[]>;
  /** An entry of a sitemap. */
  listed(url: string, mention: SitemapMention): NewUrl;
  /** A sitemap may be asked for there, whoever names it. */
  hasHost(url: string): boolean;
  redirect(lease: Lease, outcome: Outcome): Redirect;
  /** What became of a root, or of where one led, is the scope's to know. */
  rootAnswered(lease: Lease, outcome: Outcome): void;
}

/** Where a response sends us: nowhere, to a row of its own, or to another form of the same URL. */
export interface Redirect {
  readonly target: NewUrl | null;
  /** The target has the source's own key: it is asked next, for the same row. */
  readonly form: string | null;
  readonly error: ErrorCode | null;
  /** Why it leads nowhere, in words; empty where it does, or is none. */
  readonly remark: string;
}

const LONG_LIST = 64;
/** Of a Location that leads nowhere. */
const SHOWN_LENGTH_MAX = 100;
const NO_REDIRECT: Redirect = { target: null, form: null, error: null, remark: '' };

/** Kinds that pages are made of. */
const REQUISITES: ReadonlySet<LinkKind> = new Set(['requisite', 'style', 'script']);

/** As what a URL is found: roots are admitted wherever they are, parts of a page on any host, and some are only noted. */
type Role = 'root' | 'link' | 'part' | 'nofollow';

/** A URL as it was found. Its host and its scope are looked at only where the store has not seen its key: most have been. */
class Found implements NewUrl {
  readonly url: string;
  readonly depth: number;
  readonly hops: number;
  readonly link: Link | undefined;
  wasNew = false;
  readonly #rules: AdmissionRules;
  readonly #role: Role;
  /** What was found out of it ahead of time. */
  #judged: { readonly key: string; readonly admitted: SkipReason | null } | null = null;

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
    // The depth comes last: it may fall, and then nothing else must speak against the URL.
    const reason = admitted === null || admitted === 'depth' ? this.#doubt(admitted) : admitted;
    if (reason !== null) rules.onSkip?.(this.url, reason);
    this.wasNew = reason === null;
    return reason;
  }

  get nofollow(): boolean {
    return this.#role === 'nofollow';
  }

  /** Does now what takes long of a long URL. */
  judge(): void {
    this.#judged = { key: this.key, admitted: this.#role === 'root' ? null : this.#admitted() };
  }

  #admitted(): SkipReason | null {
    const { scope } = this.#rules;
    return this.#role === 'part' ? scope.admitsRequisite(this.url) : scope.admits(this.url, this.depth);
  }

  #doubt(depth: 'depth' | null): SkipReason | null {
    if (looksLikeLogout(this.url, this.#rules.hasCredentials)) return 'logout';
    return this.nofollow ? 'nofollow' : depth;
  }
}

export function createAdmission(rules: AdmissionRules): Admission {
  const { scope } = rules;
  /** What was asked for though it is out of scope can only be part of a page, and is none itself. */
  const isRequisite = (lease: Lease): boolean => rules.pageRequisites && scope.admits(lease.url, 0) !== null;
  const roleOf = (link: Link, { nofollow }: ParsedPage): Role => {
    return !rules.followNofollow && (nofollow || hasToken(link.rel, 'nofollow')) ? 'nofollow' : 'link';
  };
  const redirect = (lease: Lease, outcome: Outcome): Redirect => {
    const url = locationOf(outcome);
    const remark = remarkOf(outcome, url);
    if (url === null || remark !== '') return { ...NO_REDIRECT, remark };
    // Where a root leads is what its user meant, whatever the scope says.
    const role = lease.depth === 0 ? 'root' : isRequisite(lease) ? 'part' : 'link';
    const target = new Found(rules, role, url, lease.depth, lease.hops + lease.forms.length + 1);
    const isForm = target.key === new Found(rules, role, lease.url, 0, 0).key;
    // Nothing has changed since it was asked.
    if (isForm && (url === lease.url || lease.forms.includes(url))) return { ...NO_REDIRECT, error: 'redirect-loop' };
    if (target.hops > rules.redirectsMax) return { ...NO_REDIRECT, error: 'redirect-limit' };
    return isForm ? { ...NO_REDIRECT, form: url } : { ...NO_REDIRECT, target };
  };
  return {
    redirect,
    hasHost: scope.hasHost,
    roots: (urls) => urls.map((url) => new Found(rules, 'root', url, 0, 0)),
    links(lease, found) {
      const isPart = isRequisite(lease);
      const { depth } = lease;
      const admitted: Found[] = [];
      // A long list names the same pages again and again; a short one is not worth a table.
      const met = found.links.length > LONG_LIST ? new Set<string>() : null;
      for (const link of found.links) {
        const leads = !isPart && leadsToPage(link.kind);
        // The parts of a style sheet belong to the page, wherever it is from; those of a page that stands for an image do not.
        const isPartOfIt = rules.pageRequisites && REQUISITES.has(link.kind) && (!isPart || link.element === 'css');
        if (!(leads || isPartOfIt) || met?.has(link.url)) continue;
        const role = leads ? roleOf(link, found) : 'part';
        // The same link may stand there again, to be followed.
        if (role !== 'nofollow') met?.add(link.url);
        // A part of a root is no root: where it redirects to does not join the scope.
        admitted.push(new Found(rules, role, link.url, leads ? depth + 1 : depth || 1, 0, link));
      }
      const length = admitted.reduce((sum, { url }) => sum + url.length, 0);
      return length > JUDGED_AT_ONCE_LENGTH ? judgedInTurns(admitted) : admitted;
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

/** Of many long URLs the expressions of the user and the keys take long: they are not left to the transaction that writes them. */
async function judgedInTurns(urls: Found[]): Promise<Found[]> {
  let length = 0;
  for (const found of urls) {
    length += found.url.length;
    found.judge();
    if (length < JUDGED_AT_ONCE_LENGTH) continue;
    length = 0;
    await systemClock.turn();
  }
  return urls;
}

/** Where a redirect leads, absolute and without fragment; null where the response is none, or what it names is no URL. */
export function locationOf(outcome: Outcome): string | null {
  const location = writtenLocation(outcome);
  return location === null ? null : joinUrl(asciiUrl(location), outcome.url);
}

/** A redirect that nobody can follow is told with the beginning of where it leads. */
function remarkOf(outcome: Outcome, url: string | null): string {
  const written = writtenLocation(outcome)?.trim() ?? null;
  if (written === null || (url !== null && unfit(url) === null)) return '';
  if (url?.startsWith('http')) return `its Location has ${url.length} characters, more than servers take`;
  const shown = JSON.stringify(withoutUserinfo(written).slice(0, SHOWN_LENGTH_MAX));
  return `its Location ${isNoUrl(written) ? 'is no URL' : 'leads to no page'}: ${shown}`;
}

function hasToken(list: string, token: string): boolean {
  return list.includes(token) && list.split(/[\t\n\f\r ]+/).includes(token);
}
