// Where a URL's request goes. What is the same for all URLs of an origin (its canonical host, its port, the guard's verdict,
// the text of its requests) is worked out once and kept in a bounded table; a usual URL is then split without parsing it.

import { isIP } from 'node:net';
import type { SkipReason } from '../../base/errors.ts';
import { ORIGINS_CACHED_MAX } from '../../base/limits.ts';

/** scheme://host[:port] and what belongs to it. */
export interface Origin {
  /** Canonical, as `URL.origin` writes it. */
  readonly key: string;
  readonly isSecure: boolean;
  /** Lower case, punycode; an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** Value of the Host header. */
  readonly host: string;
  /** The guard's verdict on scheme, port and literal address. */
  readonly refused: SkipReason | null;
  /** All of a GET's head after its path. */
  headTail: string | null;
}

export interface Target {
  readonly origin: Origin;
  /** Path and query. */
  readonly path: string;
}

/** What the guard is asked about an origin. */
export type OriginParts = Pick<Origin, 'isSecure' | 'hostname' | 'isAddress' | 'port'>;

// Visible ASCII without `#`: nothing in it can end the request line.
const PLAIN = /^[!"$-~]+$/;

export class Origins {
  readonly #verdictOf: (parts: OriginParts) => SkipReason | null;
  readonly #known = new Map<string, Origin>();

  constructor(verdictOf: (parts: OriginParts) => SkipReason | null) {
    this.#verdictOf = verdictOf;
  }

  /** Null for what is no http or https URL. */
  target(url: string): Target | null {
    const slash = url.indexOf('/', 8);
    if (slash > 0 && PLAIN.test(url)) {
      const origin = this.#known.get(url.slice(0, slash));
      if (origin !== undefined) return { origin, path: url.slice(slash) };
    }
    return this.#parsed(url);
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
    const parts: OriginParts = { isSecure, hostname, isAddress: isIP(hostname) !== 0, port };
    const refused = this.#verdictOf(parts);
    const origin: Origin = { ...parts, key: parsed.origin, host: parsed.host, refused, headTail: null };
    if (this.#known.size >= ORIGINS_CACHED_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(origin.key, origin);
    return origin;
  }
}
