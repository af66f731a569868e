// How long the body of an outcome is, wherever its bytes are.

import type { Outcome } from './outcome.ts';

/** Bytes after the transfer coding and before the content coding. */
export function rawBodyBytes({ rawBody, spooled }: Pick<Outcome, 'rawBody' | 'spooled'>): number {
  return spooled === null ? rawBody.length : spooled.bytes;
}

/** What the bodies of an outcome take of memory. */
export function heldBytesOf({ rawBody, body }: Pick<Outcome, 'rawBody' | 'body'>): number {
  return rawBody.length + (body.buffer === rawBody.buffer ? 0 : body.length);
}
