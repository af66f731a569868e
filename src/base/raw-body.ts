// The length of an outcome's body, wherever its bytes are.

import type { Outcome } from './outcome.ts';

/** The number of bytes after the transfer coding and before the content coding. */
export function rawBodyBytes({ rawBody, spooled }: Pick<Outcome, 'rawBody' | 'spooled'>): number {
  return spooled === null ? rawBody.length : spooled.bytes;
}

/** How much memory the bodies of an outcome take. */
export function heldBytesOf({ rawBody, body }: Pick<Outcome, 'rawBody' | 'body'>): number {
  return rawBody.length + (body.buffer === rawBody.buffer ? 0 : body.length);
}
