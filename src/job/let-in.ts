// What --logged-in means for a crawl: where it is looked for, and where the cookies of a new login are found.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../base/contracts.ts';
import { headerOf } from '../base/headers.ts';
import { type LoginMark, loginMarkOf } from '../base/login-mark.ts';
import { isContent } from '../base/redirects.ts';
import { locationOf } from '../crawl/admission.ts';
import { createLetIn, type LetIn, type LetInParts } from '../crawl/let-in.ts';
import type { CrawlOptions } from '../options/options.ts';
import { findLoginForm } from '../parse/html/login-form.ts';
import { showsMark } from '../parse/html/login-mark.ts';
import { hostOf } from '../url/host.ts';
import { renewedCookies } from './cookie-files.ts';
import type { Cookies } from './cookies.ts';

type Given = Pick<LetInParts, 'gate' | 'fetch' | 'clock' | 'signal' | 'wake' | 'share'> & {
  readonly commits: { readonly note: LetInParts['note'] };
  readonly cookies: Pick<Cookies, 'add' | 'fromOthers'>;
  /** The job's folder; empty if it has none. */
  readonly folder: string;
};

/** The file in the job's folder where `gossamer login --save` may put new cookies. */
const COOKIE_FILE = 'cookies.txt';

/** Null without --logged-in. */
export function watchLogin(options: CrawlOptions, { commits, cookies, folder, ...given }: Given): LetIn | null {
  if (options.loggedIn === null) return null;
  const mark = loginMarkOf(options.loggedIn)!;
  const roots = new Map(options.roots.toReversed().map((root) => [bareHost(root), root]));
  const file = options.cookieFile ?? (folder === '' ? COOKIE_FILE : join(folder, COOKIE_FILE));
  const renewed = renewedCookies(file);
  const take = (): boolean => {
    const found = renewed();
    if (found !== null) cookies.add(found);
    return found !== null;
  };
  // Somebody may have logged in since the last run.
  if (existsSync(file)) take();
  return createLetIn({
    ...given,
    note: commits.note,
    isWatched: (host) => roots.has(bareHost(host)),
    shows: sight(mark),
    url: mark.kind === 'url' ? mark.url : null,
    firstPage(host) {
      const root = roots.get(bareHost(host));
      return root !== undefined && hostOf(root) === host ? root : `${host}/`;
    },
    hasNewCookies: async (hosts) => take() || (await cookies.fromOthers(hosts)),
    advice: (outcome) => adviceFor(outcome, file),
  });
}

function adviceFor(outcome: Outcome, file: string): string {
  const { url, headers, body, status } = outcome;
  const form = locationOf(outcome) ?? (findLoginForm(body, headerOf(headers, 'content-type') ?? '') && url);
  if (form !== null) return `run gossamer login ${shellWord(form)} --save ${shellWord(file)}`;
  return `${url} answers with status ${status} and does not show it: log in, and write the cookies to ${file}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** With and without `www.` and TLS it is one site for its users. */
function bareHost(url: string): string {
  return hostOf(url).replace(/^https?:\/\/(?:www\.)?/, '');
}

/** Only a successful page can show that its user is logged in. For a URL, a page with a password field counts. */
function sight(mark: LoginMark): LetInParts['shows'] {
  return (outcome) => {
    const type = headerOf(outcome.headers, 'content-type') ?? '';
    const isPage =
      isContent(outcome) && outcome.error === null && /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(type);
    if (!isPage || outcome.spooled !== null) return null;
    if (mark.kind !== 'url') return showsMark(outcome.body, type, mark);
    return findLoginForm(outcome.body, type) === null ? null : false;
  };
}
