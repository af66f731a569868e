// Ends the requests in flight when the leases of their hosts lapse: then others may request these hosts. A process that
// was stopped finds out only when it looks, so it looks once more before it writes a request on a new connection.

import type { Fetch } from '../base/contracts.ts';
import type { JobShare } from '../base/job-share.ts';

/** The same fetch if the leases never lapse. */
export function leasedFetch(fetch: Fetch, share: JobShare): Fetch {
  if (share.signal() === null) return fetch;
  const joined = new WeakMap<AbortSignal, WeakMap<AbortSignal, AbortSignal>>();
  /** One signal for all requests with the same two. */
  const either = (signal: AbortSignal, lease: AbortSignal): AbortSignal => {
    const ofLease = joined.get(lease) ?? new WeakMap<AbortSignal, AbortSignal>();
    joined.set(lease, ofLease);
    const known = ofLease.get(signal) ?? AbortSignal.any([signal, lease]);
    ofLease.set(signal, known);
    return known;
  };
  return (request, signal) => fetch({ ...request, beforeSent: share.signal }, either(signal, share.signal()!));
}
