// The length of an outcome's body, wherever its bytes are.

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
