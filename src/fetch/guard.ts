// The guard decides which requests are refused before anything is sent. It checks an origin (scheme, port, literal
// address) once, and each address that a name resolves to. The connection then goes to exactly the address that was
// checked.

import type { Layer, Outcome, Request } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { blankOutcome } from './blank-outcome.ts';
import { isPublicAddress } from './net/address.ts';
import type { OriginParts, Origins } from './net/origins.ts';
import { isRefusedPort } from './net/ports.ts';
import { resolvesHere } from './proxy/routes.ts';

export interface GuardRules {
  readonly allowPrivate: boolean;
  /** Literal addresses and `localhost`, if the user named them: they may be private. */
  readonly allowedHosts: readonly string[];
  /**
   * The private addresses that other names may have. The owner of a name decides where it leads, and may change that
   * tomorrow.
   */
  readonly allowedAddresses: ReadonlyMap<string, readonly string[]>;
  readonly allowedPorts: readonly number[];
}

/** What the user names besides: where a proxy resolves names no address is seen, and a typed address is meant. */
export interface MeantNames {
  /** The names of the user's URLs. They count where a proxy resolves names. */
  readonly names?: readonly string[];
  /** Whether the user typed addresses for a host and port. */
  readonly isTyped?: (hostname: string, port: number) => boolean;
}

/** Names that are never on the public internet (RFC 6761, 6762, 8375, ICANN's reservation of `internal`). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/;

export interface Guard {
  /** The decision on an origin before its name is resolved. */
  verdictOf(origin: OriginParts): SkipReason | null;
  /** Whether a connection for `hostname` may go to this IP address. */
  admits(hostname: string, address: string): boolean;
}

export function createGuard(rules: GuardRules, { names: meant = [], isTyped = () => false }: MeantNames = {}): Guard {
  const hosts = new Set(rules.allowedHosts.map((host) => host.toLowerCase().replace(/^\[|\]$/g, '')));
  const ports = new Set(rules.allowedPorts);
  const names = new Set(meant);
  const admits = (hostname: string, address: string): boolean =>
    rules.allowPrivate ||
    isPublicAddress(address) ||
    hosts.has(hostname) ||
    (rules.allowedAddresses.get(hostname)?.includes(address) ?? false);
  return {
    admits,
    verdictOf({ hostname, isAddress, port, route }) {
      if (isRefusedPort(port) && !ports.has(port)) return 'port';
      if (isAddress) return admits(hostname, hostname) || isTyped(hostname, port) ? null : 'address';
      const isUnseen = route !== null && !resolvesHere(route) && PRIVATE_NAME.test(hostname);
      return isUnseen && !names.has(hostname) && !admits(hostname, hostname) ? 'address' : null;
    },
  };
}

/** Refuses what the guard refuses and passes on everything else. */
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

// A host that no URL can have (a scoped IPv6 address, for example) is refused because of its address.
function reasonFor(url: string): SkipReason {
  return /^https?:/i.test(url) ? 'address' : 'scheme';
}
