// What the failure of a proxy means for a request: the proxy rests, and the request goes through another one.

import type { Fetch, Layer, Outcome, Request } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { PROXIES_TRIED_MAX } from '../../base/limits-of-proxies.ts';
import type { ProxyAddress } from '../../url/proxy.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { Origins } from '../net/origins.ts';
import { ownFailure, takesWholeRequests } from './connect-talk.ts';
import type { Routes } from './routes.ts';

const OF_PROXY: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>(['proxy-failed', 'proxy-auth']);

export function proxyLayer(routes: Routes, origins: Origins): Layer {
  return (next) => (request, signal) => throughOne(routes, origins, next, request, signal, PROXIES_TRIED_MAX);
}

async function throughOne(
  routes: Routes,
  origins: Origins,
  next: Fetch,
  request: Request,
  signal: AbortSignal,
  left: number,
): Promise<Outcome> {
  const origin = origins.target(request.url)?.origin;
  const proxy = origin?.route ?? null;
  const came = await next(request, signal);
  if (proxy === null) return came;
  const outcome = takesWholeRequests(origin!) ? withoutOwn(came, proxy) : came;
  if (!OF_PROXY.has(outcome.error)) {
    if (outcome.status > 0) routes.worked(proxy);
    return outcome;
  }
  const hasOther = routes.failed(proxy, origin!);
  origins.reroute(proxy);
  if (!hasOther || left <= 1 || signal.aborted) return outcome;
  return throughOne(routes, origins, next, request, signal, left - 1);
}

/** What a proxy answers in its own name is no answer of the origin: nothing of it is kept. */
function withoutOwn(outcome: Outcome, proxy: ProxyAddress): Outcome {
  const failure = outcome.status === 0 ? null : ownFailure(proxy, outcome.status, outcome.headers);
  if (failure === null) return outcome;
  outcome.spooled?.drop();
  const nothing = { status: 0, headers: [], responseHead: '', rawBody: NO_BYTES, body: NO_BYTES, spooled: null };
  return { ...outcome, ...nothing, truncated: null, error: failure.code, detail: failure.detail };
}
