// Remembers what a host answers for a missing page, so that the same page with status 200 is recognised (a soft 404).
// The page is flagged and nothing else happens.

import { type Fingerprint, type Likeness, likenessOf, unlikeness } from '../base/fingerprint.ts';
import { ERROR_PAGES_REMEMBERED_MAX } from '../base/limits.ts';
import { BoundedMap } from './bounded-map.ts';

/** The most differing bits, of 64, between two pages that differ only in the address they name. */
const UNLIKENESS_MOST = 8;
/** Pages are compared only if their lengths differ by at most this fraction (one eighth). */
const LENGTH_SHARE = 8;

interface ErrorPage {
  readonly bytes: number;
  readonly structure: number;
  readonly likeness: Likeness;
}

export class ErrorPages {
  readonly #pages = new BoundedMap<string, ErrorPage>(ERROR_PAGES_REMEMBERED_MAX);

  isKnown(host: string): boolean {
    return this.#pages.get(host) !== undefined;
  }

  learn(host: string, bytes: number, like: Fingerprint): void {
    if (this.isKnown(host)) return;
    this.#pages.set(host, { bytes, structure: like.structure, likeness: likenessOf(like) });
  }

  /** Whether a page may be a soft 404, judged by its length alone. */
  mayBe(host: string, bytes: number): boolean {
    const known = this.#pages.get(host);
    if (known === undefined) return false;
    return Math.abs(known.bytes - bytes) * LENGTH_SHARE <= Math.max(known.bytes, bytes);
  }

  isOne(host: string, like: Fingerprint): boolean {
    const known = this.#pages.get(host);
    if (known === undefined || known.structure !== like.structure) return false;
    return unlikeness(known.likeness, likenessOf(like)) <= UNLIKENESS_MOST;
  }
}
