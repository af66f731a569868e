// Checks a single request: its URL is not longer than servers accept, it is not aborted, and its headers are valid.

import type { Layer, Outcome } from '../base/contracts.ts';
import { URL_LENGTH_MAX } from '../base/limits.ts';
import { blankOutcome } from './blank-outcome.ts';
import { refusal } from './guard.ts';
import { unsafeHeaderOf } from './http1/request-head.ts';

export function limitsLayer(wall: () => number): Layer {
  return (next) => (request, signal) => {
    if (request.url.length > URL_LENGTH_MAX) return Promise.resolve(refusal(request, 'url-length', wall()));
    if (signal.aborted) {
      const outcome: Outcome = {
        ...blankOutcome(request.url, wall()),
        error: 'aborted',
        detail: 'aborted before it began',
      };
      return Promise.resolve(outcome);
    }
    const unsafe = request.headers === undefined ? null : unsafeHeaderOf(request.headers);
    if (unsafe === null) return next(request, signal);
    const detail = `the header ${JSON.stringify(unsafe)} of the request is no header`;
    return Promise.resolve({ ...blankOutcome(request.url, wall()), error: 'http-malformed', detail });
  };
}
