// Logs in by a form, as a person in a browser would: reads the page, fills in its form, sends it, follows.

import { systemClock } from '../base/clock.ts';
import type { Outcome, Request } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { headerOf } from '../base/headers.ts';
import { writtenLocation } from '../base/redirects.ts';
import type { CrawlOptions } from '../options/options.ts';
import { type FormField, findLoginForm, type LoginForm } from '../parse/html/login-form.ts';
import { siteOf } from '../url/host.ts';
import { makeFetcher } from './client.ts';
import { cookieFiles } from './cookie-files.ts';
import { cookiesAlone } from './cookies.ts';

/** What the user says for a field of the form; called for each that is missing. */
export type AskField = (field: FormField) => Promise<string>;

export interface LoggedIn {
  /** The page behind the login. */
  readonly url: string;
  readonly status: number;
  /** Why nobody was let in, a sentence; null if all is well. */
  readonly failure: string | null;
}

/**
 * Logs in at the root of `options` and writes the cookies to its `saveCookies`. `given` are fields by their names.
 * Throws UsageError if the page has no form, and what `ask` throws.
 */
export async function logIn(
  options: CrawlOptions,
  given: ReadonlyMap<string, string>,
  ask: AskField,
): Promise<LoggedIn> {
  const cookies = cookiesAlone(options, cookieFiles(options, '--save'), systemClock);
  // A form goes over one connection alone, so there is nothing to gain from streams.
  await using fetcher = await makeFetcher({ ...options, http2: false });
  const { signal } = new AbortController();
  const fetch = cookies.with(fetcher.fetch);
  const follow = (first: Request): Promise<Outcome> => followed((request) => fetch(request, signal), first, options);

  const page = await follow({ url: options.roots[0]!, method: 'GET' });
  if (page.status === 0) return { url: page.url, status: 0, failure: `${page.url} did not answer: ${whyOf(page)}.` };
  const form = formOf(page);
  if (form === null) {
    const advice = 'Log in with a browser and give its cookies with --cookies.';
    throw new UsageError(`${page.url} has no form that asks for a password. ${advice}`);
  }
  const sent = await filled(form, given, ask);
  const target = targetOf(form, page.url);
  const last = await follow(
    form.method === 'POST'
      ? { url: target, method: 'POST', form: form.isMultipart ? multipart(sent) : urlencoded(sent) }
      : { url: `${target.split('?')[0]}?${sent}`, method: 'GET' },
  );
  const failure = failureOf(last, cookies.changedAt(last.url) > 0);
  if (failure === null) await cookies.save();
  return { url: last.url, status: last.status, failure };
}

async function filled(form: LoginForm, given: ReadonlyMap<string, string>, ask: AskField): Promise<URLSearchParams> {
  const pairs = new URLSearchParams();
  for (const field of form.fields) {
    const { name, value, isAsked } = field;
    pairs.append(name, given.get(name) ?? (isAsked ? await ask(field) : value));
  }
  for (const [name, value] of given) if (!pairs.has(name)) pairs.append(name, value);
  return pairs;
}

function urlencoded(fields: URLSearchParams): NonNullable<Request['form']> {
  return { type: 'application/x-www-form-urlencoded', body: fields.toString() };
}

/** As browsers write it (RFC 7578, and the HTML standard for names). */
function multipart(fields: URLSearchParams): NonNullable<Request['form']> {
  const boundary = `gossamer${crypto.randomUUID()}`;
  const lines = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');
  const escaped = (name: string): string => name.replace(/["\r\n]/g, encodeURIComponent);
  const parts = [...fields].map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(lines(name))}"\r\n\r\n${lines(value)}\r\n`,
  );
  const body = Buffer.from(`${parts.join('')}--${boundary}--\r\n`, 'utf8').toString('latin1');
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

function formOf(page: Outcome): LoginForm | null {
  return findLoginForm(page.body, headerOf(page.headers, 'content-type') ?? '');
}

/** Where the form goes. A password goes to the site whose page asks for it, and from https to https alone. */
function targetOf({ action, base }: LoginForm, page: string): string {
  const from = URL.parse(base ?? '', page)?.href ?? page;
  const url = URL.parse(action === '' ? page : action, from);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`The form of ${page} leads to no URL.`);
  url.hash = '';
  assertSafe(page, url.href);
  return url.href;
}

function assertSafe(from: string, to: string): void {
  if (from.startsWith('https:') && to.startsWith('http:'))
    throw new UsageError(`The form of ${from} would send a password over http, to ${to}: nothing was sent.`);
  if (siteOf(from) !== siteOf(to))
    throw new UsageError(`The form of ${from} would send a password to another site, ${to}: nothing was sent.`);
}

/** The last response. What was sent by 307 or 308 is sent again, every other redirect is a GET (RFC 9110, 15.4). */
async function followed(
  fetch: (request: Request) => Promise<Outcome>,
  first: Request,
  { redirectsMax }: CrawlOptions,
): Promise<Outcome> {
  let request = first;
  for (let hops = 0; ; hops += 1) {
    const outcome = await fetch(request);
    const to = writtenLocation(outcome);
    const url = to === null ? null : URL.parse(to, outcome.url);
    if (url === null || hops >= redirectsMax) return outcome;
    url.hash = '';
    const isAgain = request.method === 'POST' && (outcome.status === 307 || outcome.status === 308);
    if (isAgain) assertSafe(outcome.url, url.href);
    request = isAgain ? { ...request, url: url.href } : { url: url.href, method: 'GET' };
  }
}

function whyOf({ error, refused, detail }: Outcome): string {
  return detail || error || refused || 'no response';
}

function failureOf(last: Outcome, hasCookies: boolean): string | null {
  if (last.status === 0) return `${last.url} did not answer: ${whyOf(last)}. Nothing was saved.`;
  if (last.status >= 400) return `${last.url} answered with status ${last.status}: nothing was saved.`;
  if (writtenLocation(last) !== null) return `${last.url} redirects once too often: nothing was saved.`;
  if (formOf(last) !== null) return `${last.url} asks for a password again: nothing was saved.`;
  return hasCookies ? null : `${last.url} has set no cookie, so there is nothing to save.`;
}
