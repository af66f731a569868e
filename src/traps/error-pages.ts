// What a host answers with where there is nothing, so that the same page with status 200 is known again (a soft 404). It is flagged, and
// nothing more.

import { type Fingerprint, unlikeness } from '../base/fingerprint.ts';
import { ERROR_PAGES_REMEMBERED_MAX } from '../base/limits.ts';
import { BoundedMap } from './bounded-map.ts';

/** Of the 64 bits of two pages that differ in the address that they name. */
const UNLIKENESS_MOST = 8;
/** A page of another length by more than this part is not compared. */
const LENGTH_SHARE = 8;

interface ErrorPage {
  readonly bytes: number;
  readonly like: Fingerprint;
}

export class ErrorPages {
  readonly #pages = new BoundedMap<string, ErrorPage>(ERROR_PAGES_REMEMBERED_MAX);

  isKnown(host: string): boolean {
    return this.#pages.get(host) !== undefined;
  }

  learn(host: string, page: ErrorPage): void {
    if (!this.isKnown(host)) this.#pages.set(host, page);
  }

  /** Whether a page may be one, by what costs nothing to know. */
  mayBe(host: string, bytes: number): boolean {
    const known = this.#pages.get(host);
    if (known === undefined) return false;
    return Math.abs(known.bytes - bytes) * LENGTH_SHARE <= Math.max(known.bytes, bytes);
  }

  isOne(host: string, { likeness, structure }: Fingerprint): boolean {
    const known = this.#pages.get(host);
    if (known === undefined) return false;
    return known.like.structure === structure && unlikeness(known.like.likeness, likeness) <= UNLIKENESS_MOST;
  }
}
