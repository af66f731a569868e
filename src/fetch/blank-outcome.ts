// The outcome of a request before anything came, to be filled in.

import type { Outcome } from '../base/contracts.ts';

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** An outcome without response and without error; `startedAt` is wall time. */
export function blankOutcome(url: string, startedAt: number): Outcome {
  return {
    url,
    status: 0,
    error: null,
    refused: null,
    detail: '',
    truncated: null,
    headers: [],
    requestHead: '',
    responseHead: '',
    rawBody: NO_BYTES,
    body: NO_BYTES,
    spooled: null,
    remoteAddress: '',
    protocol: '',
    startedAt,
    sentAt: 0,
    firstByteMs: 0,
    elapsedMs: 0,
    wireBytes: 0,
  };
}
