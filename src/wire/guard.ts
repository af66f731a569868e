// Refuses what nobody meant before a connection is made: other schemes, ports of other protocols, private addresses. Names are
// checked when they are resolved, each address of them, and the checked address is the one that is connected to.

import { isIP } from 'node:net';
import type { Layer, Outcome, Request } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { URL_LENGTH_MAX } from '../base/limits.ts';
import { isPublicAddress } from './addresses.ts';
import { type Origin, originOf, targetOf } from './origin.ts';

export interface GuardRules {
  readonly allowPrivate: boolean;
  /** Hostnames that a root itself names: their private addresses are meant. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly allowedPorts: ReadonlySet<number>;
}

/** The Fetch standard's bad ports: what listens there speaks another protocol and might obey. */
const BAD_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
const DECISIONS_MAX = 10_000;

/** Whether connecting to this address of this host is allowed. */
export function allowsAddress(rules: GuardRules, hostname: string, address: string): boolean {
  return rules.allowPrivate || rules.allowedHosts.has(hostname) || isPublicAddress(address);
}

export function guard(rules: GuardRules): Layer {
  // One decision an origin: the hot path is a look into this map.
  const decisions = new Map<string, SkipReason | null>();
  const decide = (url: string): SkipReason | null => {
    if (url.length > URL_LENGTH_MAX) return 'url-length';
    const target = targetOf(url);
    if (target === null) return judge(originOf(url), rules);
    let decision = decisions.get(target.origin);
    if (decision === undefined) {
      decision = judge(originOf(target.origin), rules);
      if (decisions.size >= DECISIONS_MAX) decisions.clear();
      decisions.set(target.origin, decision);
    }
    return decision;
  };
  return (next) => (request, signal) => {
    const reason = decide(request.url);
    return reason === null ? next(request, signal) : Promise.resolve(refusal(request, reason, `refused: ${reason}`));
  };
}

function judge(origin: Origin | null, rules: GuardRules): SkipReason | null {
  if (origin === null) return 'scheme';
  if (BAD_PORTS.has(origin.port) && !rules.allowedPorts.has(origin.port)) return 'port';
  if (isIP(origin.hostname) !== 0 && !allowsAddress(rules, origin.hostname, origin.hostname)) return 'address';
  return null;
}

/** The outcome of a request that was not sent. */
export function refusal(request: Request, reason: SkipReason, detail: string): Outcome {
  return { ...UNSENT, url: request.url, refused: reason, detail };
}

const NO_BYTES = new Uint8Array(0);
export const UNSENT: Omit<Outcome, 'url'> = {
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
  remoteAddress: '',
  startedAt: 0,
  firstByteMs: 0,
  elapsedMs: 0,
  wireBytes: 0,
};
