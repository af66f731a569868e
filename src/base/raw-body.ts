// The length of an outcome's body, wherever its bytes are, and the memory for it and for what it brings.

import type { Outcome } from './outcome.ts';

/** The number of bytes after the transfer coding and before the content coding. */
export function rawBodyBytes({ rawBody, spooled }: Pick<Outcome, 'rawBody' | 'spooled'>): number {
  return spooled === null ? rawBody.length : spooled.bytes;
}

/** How much memory an outcome takes: its bodies, and a head that may be long too. */
export function heldBytesOf({
  rawBody,
  body,
  responseHead,
}: Pick<Outcome, 'rawBody' | 'body' | 'responseHead'>): number {
  return responseHead.length + rawBody.length + (body.buffer === rawBody.buffer ? 0 : body.length);
}

/** The memory for the links of a page and their keys. A short page may have long ones. */
export function linkBytesOf(links: readonly { readonly url: string }[]): number {
  return 2 * links.reduce((sum, { url }) => sum + url.length, 0);
}
