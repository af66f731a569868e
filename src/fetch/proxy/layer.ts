// What the failure of a proxy means for a request: the proxy rests, and the request goes through another one.

import type { Fetch, Layer, Outcome, Request } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { CHALLENGES_IN_A_ROW_MAX } from '../../base/limits-of-logins.ts';
import { PROXIES_TRIED_MAX } from '../../base/limits-of-proxies.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { Origins } from '../net/origins.ts';
import { ownFailure, takesWholeRequests } from './connect-talk.ts';
import type { ProxyRoute } from './proxy-login.ts';
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
  if (proxy === null) return next(request, signal);
  const outcome = await answered(proxy, takesWholeRequests(origin!), next, request, signal);
  if (!OF_PROXY.has(outcome.error)) {
    if (outcome.status > 0) routes.worked(proxy);
    return outcome;
  }
  const hasOther = routes.failed(proxy, origin!);
  origins.reroute(proxy);
  if (!hasOther || left <= 1 || signal.aborted) return outcome;
  return throughOne(routes, origins, next, request, signal, left - 1);
}

/** Once more where the proxy asks who its user is, and can have an answer. The target has not seen the request. */
async function answered(
  proxy: ProxyRoute,
  isWhole: boolean,
  next: Fetch,
  request: Request,
  signal: AbortSignal,
): Promise<Outcome> {
  for (let challenges = 0; ; challenges += 1) {
    const { asked } = proxy.login;
    const came = await next(request, signal);
    const outcome = isWhole ? withoutOwn(came, proxy) : came;
    if (isWhole && outcome.status > 0) proxy.login.accepted(outcome.headers);
    const isAsked = outcome.error === 'proxy-auth' && proxy.login.asked > asked;
    if (!isAsked || challenges >= CHALLENGES_IN_A_ROW_MAX || signal.aborted) return outcome;
  }
}

/** What a proxy answers in its own name is no answer of the origin: nothing of it is kept. */
function withoutOwn(outcome: Outcome, proxy: ProxyRoute): Outcome {
  const failure = outcome.status === 0 ? null : ownFailure(proxy, outcome.status, outcome.headers);
  if (failure === null) return outcome;
  outcome.spooled?.drop();
  const nothing = { status: 0, headers: [], responseHead: '', rawBody: NO_BYTES, body: NO_BYTES, spooled: null };
  return { ...outcome, ...nothing, truncated: null, error: failure.code, detail: failure.detail };
}
