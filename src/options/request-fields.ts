// The header fields that the user adds to requests: some go to every host, secrets only to the origins of the roots.

import { headerOf } from '../base/headers.ts';
import { secretNames } from '../base/secrets.ts';
import type { CrawlOptions } from './options.ts';

export interface RequestFields {
  /** The fields for every host, as name, value, name, value. */
  readonly headers: readonly string[];
  readonly secrets: { readonly origins: ReadonlySet<string>; readonly headers: readonly string[] };
}

type Wishes = Pick<CrawlOptions, 'roots' | 'headers' | 'secretHeaders' | 'auth'>;

export function requestFields({ roots, headers, secretHeaders, auth }: Wishes): RequestFields {
  const names = secretNames(secretHeaders);
  const open: string[] = [];
  const secret: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    (names.has(headers[at]!.toLowerCase()) ? secret : open).push(headers[at]!, headers[at + 1]!);
  }
  if (auth !== null && headerOf(secret, 'authorization') === undefined) {
    secret.push('Authorization', `Basic ${Buffer.from(auth, 'utf8').toString('base64')}`);
  }
  return { headers: open, secrets: { origins: secretOrigins(roots), headers: secret } };
}

/** The names of the secrets that are left out of a request for `url`. */
export function withheldFrom({ origins, headers }: RequestFields['secrets'], url: string): string[] {
  if (origins.has(new URL(url).origin)) return [];
  return [...new Set(headers.filter((_, at) => at % 2 === 0))];
}

/** Whether the URL is http while a root is https: no secret goes there, even if the URL is a root too. */
export function isDowngrade(url: string, roots: readonly string[]): boolean {
  return url.startsWith('http:') && roots.some((root) => root.startsWith('https:'));
}

/**
 * The origins of the roots, which may receive the secrets. If a root is https the secrets may be meant for it, so no
 * http origin gets them. An http root on the default port adds its https origin: most sites redirect http to https, and
 * on the default ports both belong to the owner of the host.
 */
function secretOrigins(roots: readonly string[]): Set<string> {
  const origins = new Set<string>();
  for (const root of roots) {
    const { origin, protocol, port, host } = new URL(root);
    if (!isDowngrade(origin, roots)) origins.add(origin);
    if (protocol === 'http:' && port === '') origins.add(`https://${host}`);
  }
  return origins;
}
