// The guard: which requests are refused before anything is sent. It sees an origin (scheme, port, literal address) once,
// and each address that a name resolves to; the connection then goes to the very address that was seen here.

import type { Layer, Outcome, Request } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { blankOutcome } from './blank-outcome.ts';
import { isPublicAddress } from './net/address.ts';
import type { OriginParts, Origins } from './net/origins.ts';
import { isRefusedPort } from './net/ports.ts';

export interface GuardRules {
  readonly allowPrivate: boolean;
  /** Literal addresses and `localhost`, where the user named them: they may be private. */
  readonly allowedHosts: readonly string[];
  /** The private addresses that other names may have. Who owns a name says where it leads, and may say otherwise tomorrow. */
  readonly allowedAddresses: ReadonlyMap<string, readonly string[]>;
  readonly allowedPorts: readonly number[];
}

export interface Guard {
  /** The verdict on an origin before its name is resolved. */
  verdictOf(origin: OriginParts): SkipReason | null;
  /** Whether a connection for `hostname` may go to this IP address. */
  admits(hostname: string, address: string): boolean;
}

export function createGuard(rules: GuardRules): Guard {
  const hosts = new Set(rules.allowedHosts.map((host) => host.toLowerCase().replace(/^\[|\]$/g, '')));
  const ports = new Set(rules.allowedPorts);
  const admits = (hostname: string, address: string): boolean =>
    rules.allowPrivate ||
    isPublicAddress(address) ||
    hosts.has(hostname) ||
    (rules.allowedAddresses.get(hostname)?.includes(address) ?? false);
  return {
    admits,
    verdictOf({ hostname, isAddress, port }) {
      if (isRefusedPort(port) && !ports.has(port)) return 'port';
      return isAddress && !admits(hostname, hostname) ? 'address' : null;
    },
  };
}

/** Refuses what the guard's verdict refuses; everything else goes on. */
export function guardLayer(origins: Origins, wall: () => number): Layer {
  return (next) => (request, signal) => {
    const target = origins.target(request.url);
    if (target === null) return Promise.resolve(refusal(request, reasonFor(request.url), wall()));
    const { refused } = target.origin;
    return refused === null ? next(request, signal) : Promise.resolve(refusal(request, refused, wall()));
  };
}

export function refusal(request: Request, reason: SkipReason, startedAt: number): Outcome {
  return { ...blankOutcome(request.url, startedAt), refused: reason, detail: `refused before connecting: ${reason}` };
}

// A host that no URL can have (a scoped IPv6 address, say) is refused for its address.
function reasonFor(url: string): SkipReason {
  return /^https?:/i.test(url) ? 'address' : 'scheme';
}
