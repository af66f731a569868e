// The certificates of issuers that servers forget to send. A certificate says where that of its issuer can be had (AIA,
// RFC 5280, section 4.2.2.1); with --aia it is fetched from there, over http and past the guard. What is fetched only
// completes chains: it must have issued the one before it, and a certificate that vouches for itself is never taken.

import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Fetch, Layer, Outcome } from '../../base/contracts.ts';
import { AIA_BYTES_MAX, AIA_CERTIFICATES_MAX, AIA_CHAIN_MAX, AIA_MS_MAX } from '../../base/limits-of-connections.ts';
import { onDemand } from '../../base/on-demand.ts';
import { certificatesInBag } from './certificate-bag.ts';
import type { Origin, Origins } from './origins.ts';
import type { Lacking } from './trust.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

export class Intermediates {
  /** In PEM; it grows. */
  readonly all: string[] = [];
  readonly #clock: Pick<Clock, 'after'>;
  /** What the chain of an origin lacks, until it was fetched. */
  readonly #lacking = new Map<string, Lacking>();
  /** By the URL that is asked: why it was of no use; null if it was. */
  readonly #asked = new Map<string, Promise<string | null>>();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  lacks({ key }: Origin, lacking: Lacking): void {
    if (this.#lacking.size < AIA_CERTIFICATES_MAX) this.#lacking.set(key, lacking);
  }

  /** Makes a request again once what its server's chain lacks was fetched with `fetch`. */
  layer(origins: Origins, fetch: Fetch): Layer {
    return (next) => async (request, signal) => {
      const outcome = await next(request, signal);
      const key = origins.target(request.url)?.origin.key;
      const lacking = outcome.error === 'tls-incomplete-chain' ? this.#lacking.get(key!) : undefined;
      if (lacking === undefined) return outcome;
      const why = await this.#complete(lacking, fetch);
      return why === null && !signal.aborted
        ? next(request, signal)
        : { ...outcome, detail: `${outcome.detail}: ${why}` };
    };
  }

  /** Why it could not be completed; null if it may be complete now. */
  #complete(lacking: Lacking, fetch: Fetch): Promise<string | null> {
    const url = lacking.urls.find((each) => each.startsWith('http:')) ?? null;
    if (url === null) return Promise.resolve('it is not to be had over http');
    const asked = this.#asked.get(url) ?? this.#climb(url, new (crypto().X509Certificate)(lacking.certificate), fetch);
    this.#asked.set(url, asked);
    return asked;
  }

  /** Up to an issuer that names no issuer of its own, or vouches for itself. */
  async #climb(first: string, lowest: X509Certificate, fetch: Fetch): Promise<string | null> {
    let [url, below]: [string | undefined, X509Certificate] = [first, lowest];
    for (let at = 0; at < AIA_CHAIN_MAX && url !== undefined; at += 1) {
      if (this.all.length >= AIA_CERTIFICATES_MAX) return 'too many have been fetched in this run';
      const found = await this.#certificatesAt(url, fetch);
      if (typeof found === 'string') return at === 0 ? `${url} ${found}` : null;
      const others = found.filter(({ subject, issuer }) => subject !== issuer);
      if (others.length === 0) return at === 0 ? `${url} is that of an issuer that is not known here` : null;
      const above = chainAbove(below, others);
      if (above.length === 0) return `${url} is that of another issuer`;
      this.all.push(...above.map(String));
      below = above.at(-1)!;
      url = /^CA Issuers - URI:(http:\S+)$/m.exec(below.infoAccess ?? '')?.[1];
    }
    return null;
  }

  /** One, or those of a file of several; why there is none. */
  async #certificatesAt(url: string, fetch: Fetch): Promise<X509Certificate[] | string> {
    const abort = new AbortController();
    const timer = this.#clock.after(AIA_MS_MAX, () => abort.abort());
    const outcome = await fetch({ url, method: 'GET', bodyBytesMax: AIA_BYTES_MAX }, abort.signal);
    timer.cancel();
    if (outcome.status !== 200 || outcome.error !== null) return troubleOf(outcome);
    const bag = certificatesInBag(Buffer.from(outcome.body));
    try {
      return (bag.length === 0 ? [outcome.body] : bag.slice(0, AIA_CHAIN_MAX)).map(
        (der) => new (crypto().X509Certificate)(der),
      );
    } catch {
      return 'is no certificate';
    }
  }
}

/** Those of the certificates that lead up from this one, the next one first. */
function chainAbove(lowest: X509Certificate, among: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const isNext = (each: X509Certificate): boolean => {
    const below = chain.at(-1) ?? lowest;
    return !chain.includes(each) && below.checkIssued(each) && below.verify(each.publicKey);
  };
  for (let next = among.find(isNext); next !== undefined; next = among.find(isNext)) chain.push(next);
  return chain;
}

function troubleOf({ status, error, refused, detail }: Outcome): string {
  if (refused === 'address') return 'was not asked: its address is private, and only --allow-private allows it';
  if (refused !== null) return `was not asked: ${detail}`;
  return status > 0 ? `gave status ${status}` : `gave ${error ?? 'nothing'} ${detail}`.trim();
}
