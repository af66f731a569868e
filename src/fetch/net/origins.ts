// Finds where a URL's request goes. What all URLs of an origin share (its canonical host, its port, the guard's
// decision, the text of its requests) is computed once and kept in a bounded table. A usual URL is then split without
// parsing it.

import { isIP } from 'node:net';
import type { SkipReason } from '../../base/errors.ts';
import { HTTP2_STREAMS_MAX, ORIGINS_CACHED_MAX } from '../../base/limits.ts';
import type { ProxyRoute } from '../proxy/proxy-login.ts';

/** scheme://host[:port] and everything that belongs to it. */
export interface Origin {
  /** In canonical form, as `URL.origin` writes it. */
  readonly key: string;
  readonly isSecure: boolean;
  /** In lower case and punycode; an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** The value of the Host header. */
  readonly host: string;
  /** The proxy that its requests go through; null if there is none. */
  readonly route: ProxyRoute | null;
  /** The guard's decision on scheme, port and literal address. */
  readonly refused: SkipReason | null;
  /** Whether one connection is enough for it, by the protocol that its server chose; null until it has chosen. */
  isSole: boolean | null;
  /** The most streams that one connection of HTTP/2 to it carries in its life. */
  streamsMax: number;
  /** The head of a GET after its path. */
  headTail: string | null;
}

export interface Target {
  readonly origin: Origin;
  /** The path and the query. */
  readonly path: string;
}

/** The parts of an origin that the guard checks. */
export type OriginParts = Pick<Origin, 'isSecure' | 'hostname' | 'isAddress' | 'port' | 'route'>;

/** Finds the proxy for an origin. */
export type RouteOf = (parts: Omit<OriginParts, 'route'>) => ProxyRoute | null;

// Visible ASCII without `#`: no character of it can end the request line.
const PLAIN = /^[!"$-~]+$/;

export class Origins {
  readonly #verdictOf: (parts: OriginParts) => SkipReason | null;
  readonly #routeOf: RouteOf;
  readonly #known = new Map<string, Origin>();

  constructor(verdictOf: (parts: OriginParts) => SkipReason | null, routeOf: RouteOf = () => null) {
    this.#verdictOf = verdictOf;
    this.#routeOf = routeOf;
  }

  /** Null if the URL is neither http nor https. */
  target(url: string): Target | null {
    const slash = url.indexOf('/', 8);
    if (slash > 0 && PLAIN.test(url)) {
      const origin = this.#known.get(url.slice(0, slash));
      if (origin !== undefined) return { origin, path: url.slice(slash) };
    }
    return this.#parsed(url);
  }

  /** The origins of this proxy find another one; their connections are used no more. */
  reroute(proxy: ProxyRoute): void {
    for (const [key, { route }] of this.#known) if (route === proxy) this.#known.delete(key);
  }

  #parsed(url: string): Target | null {
    const parsed = URL.parse(url);
    if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return null;
    return { origin: this.#originOf(parsed), path: parsed.pathname + parsed.search };
  }

  #originOf(parsed: URL): Origin {
    const known = this.#known.get(parsed.origin);
    if (known !== undefined) return known;
    const isSecure = parsed.protocol === 'https:';
    const hostname = parsed.hostname.startsWith('[') ? parsed.hostname.slice(1, -1) : parsed.hostname;
    const port = parsed.port === '' ? (isSecure ? 443 : 80) : Number(parsed.port);
    const plain = { isSecure, hostname, isAddress: isIP(hostname) !== 0, port };
    const parts: OriginParts = { ...plain, route: this.#routeOf(plain) };
    const refused = this.#verdictOf(parts);
    const unknown = { isSole: null, streamsMax: HTTP2_STREAMS_MAX, headTail: null };
    const origin: Origin = { ...parts, key: parsed.origin, host: parsed.host, refused, ...unknown };
    if (this.#known.size >= ORIGINS_CACHED_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(origin.key, origin);
    return origin;
  }
}
