// What the user wants sent with requests: some of it to everybody, secrets to the hosts that the user named.

import { headerOf } from '../base/headers.ts';
import { secretNames } from '../base/secrets.ts';
import type { CrawlOptions } from './options.ts';

export interface RequestFields {
  /** Name and value by turns, for everybody. */
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

/** Names of the secrets that a request for `url` goes without. */
export function withheldFrom({ origins, headers }: RequestFields['secrets'], url: string): string[] {
  if (origins.has(new URL(url).origin)) return [];
  return [...new Set(headers.filter((_, at) => at % 2 === 0))];
}

/**
 * The origins of the roots. What a root is told in the clear the same host may be told over TLS too, because most sites send http on to https; on
 * the default ports only, where both belong to the host's owner.
 */
function secretOrigins(roots: readonly string[]): Set<string> {
  const origins = new Set<string>();
  for (const root of roots) {
    const { origin, protocol, port, host } = new URL(root);
    origins.add(origin);
    if (protocol === 'http:' && port === '') origins.add(`https://${host}`);
  }
  return origins;
}
