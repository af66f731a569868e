// Which proxy an origin goes through. One host has one proxy, in this run and in the next, so that its cookies and its
// pace stay together: the host and the proxies alone decide, by rendezvous hashing. A proxy that failed rests, and only
// its hosts move to others. This file alone knows which proxies rest.

import { PROXY_REST_MS, PROXY_REST_MS_MAX } from '../../base/limits-of-proxies.ts';
import type { ProxyAddress } from '../../url/proxy.ts';
import type { OriginParts } from '../net/origins.ts';
import { type Bypass, createBypass } from './bypass.ts';
import { type ProxyRoute, withLogin } from './proxy-login.ts';

export interface ProxyRules {
  readonly proxies: readonly ProxyAddress[];
  /** Hosts that are asked without a proxy, as NO_PROXY names them. */
  readonly bypass: string;
  /** The proxies of one host alone, which win over `bypass`: none for no proxy; null for those of all. */
  readonly ofHost?: (parts: Omit<OriginParts, 'route'>) => readonly ProxyAddress[] | null;
  /** The names in the user's own URLs: they may be private although the proxy resolves them. */
  readonly meantNames: readonly string[];
  /** No proxy gets its password as HTTP Basic. */
  readonly digestAlone?: boolean;
  /** Accept any TLS certificate of a proxy. */
  readonly insecure: boolean;
  /** Certificates of issuers that a proxy may have, in PEM; null for those of this machine. */
  readonly ca: string | null;
}

interface Rest {
  /** How often it failed since it last worked. */
  failures: number;
  /** In steady time. */
  untilAt: number;
}

/** Whether names are resolved on this machine, so that the guard sees the addresses. */
export function resolvesHere({ scheme }: ProxyAddress): boolean {
  return scheme === 'socks5';
}

export class Routes {
  readonly #bypass: Bypass;
  readonly #secure: readonly ProxyRoute[];
  readonly #plain: readonly ProxyRoute[];
  readonly #resting = new Map<ProxyRoute, Rest>();
  readonly #ofHost: NonNullable<ProxyRules['ofHost']>;
  /** A proxy that several hosts name is one: it rests for all of them. */
  readonly #known = new Map<ProxyAddress, ProxyRoute>();
  readonly #digestAlone: boolean;
  readonly #now: () => number;

  constructor(
    { proxies, bypass, digestAlone = false, ofHost = () => null }: Omit<ProxyRules, 'meantNames' | 'insecure' | 'ca'>,
    now: () => number,
  ) {
    this.#bypass = createBypass(bypass);
    this.#digestAlone = digestAlone;
    this.#secure = this.#candidates(proxies, 'https');
    this.#plain = this.#candidates(proxies, 'http');
    this.#ofHost = ofHost;
    this.#now = now;
  }

  /** The proxy for an origin; null if it is asked without one. */
  readonly routeOf = (parts: Omit<OriginParts, 'route'>): ProxyRoute | null => {
    const among = this.#among(parts);
    if (among.length === 0) return null;
    if (among.length === 1) return among[0]!;
    const awake = among.filter((proxy) => !this.#isResting(proxy));
    // If all rest, the one that has rested longest is the best guess.
    if (awake.length === 0) return among.reduce((best, each) => (this.#until(each) < this.#until(best) ? each : best));
    const weights = new Map(
      awake.map((proxy) => [proxy, weightOf(`${parts.hostname} ${proxy.label} ${proxy.username}`)]),
    );
    return awake.reduce((best, each) => (weights.get(each)! > weights.get(best)! ? each : best));
  };

  /** The proxy itself failed. Tells whether another one can be used for such an origin. */
  failed(proxy: ProxyRoute, parts: Omit<OriginParts, 'route'>): boolean {
    const failures = (this.#resting.get(proxy)?.failures ?? 0) + (this.#isResting(proxy) ? 0 : 1);
    const restMs = Math.min(PROXY_REST_MS * 2 ** (failures - 1), PROXY_REST_MS_MAX);
    this.#resting.set(proxy, { failures, untilAt: this.#now() + restMs });
    return this.#among(parts).some((each) => !this.#isResting(each));
  }

  #among(parts: Omit<OriginParts, 'route'>): readonly ProxyRoute[] {
    const own = this.#ofHost(parts);
    if (own !== null) return this.#candidates(own, parts.isSecure ? 'https' : 'http');
    return this.#bypass(parts) ? [] : parts.isSecure ? this.#secure : this.#plain;
  }

  /** A proxy for one scheme wins over those for both. */
  #candidates(proxies: readonly ProxyAddress[], scheme: ProxyAddress['only']): readonly ProxyRoute[] {
    const own = proxies.filter(({ only }) => only === scheme);
    const found = own.length > 0 ? own : proxies.filter(({ only }) => only === null);
    return found.map((address) => this.#proxyAt(address));
  }

  #proxyAt(address: ProxyAddress): ProxyRoute {
    const proxy = this.#known.get(address) ?? withLogin(address, this.#digestAlone);
    this.#known.set(address, proxy);
    return proxy;
  }

  worked(proxy: ProxyRoute): void {
    if (this.#resting.size > 0) this.#resting.delete(proxy);
  }

  #isResting(proxy: ProxyRoute): boolean {
    return this.#until(proxy) > this.#now();
  }

  #until(proxy: ProxyRoute): number {
    return this.#resting.get(proxy)?.untilAt ?? 0;
  }
}

/** FNV-1a, with its bits mixed once more: names that differ in one letter must not stay neighbours. */
function weightOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
