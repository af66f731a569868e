// Counts the URLs in the queue by their templates, to tell the user when one of these is most of it.

import { TEMPLATES_REMEMBERED_MAX } from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';

/** The user is told when a template has this many URLs in the queue and more than half of the queue. */
const DOMINATING_URLS = 1_000;

/** How many URLs of each template wait in the queue, and how many were found on any page. */
export class QueuedTemplates {
  readonly #counts = new BoundedMap<number, { urls: number; found: number }>(TEMPLATES_REMEMBERED_MAX);
  #all = 0;

  /** The message for the user; null if there is nothing to say. */
  add(address: Address): string | null {
    const count = this.#counts.touch(address.templateKey, () => ({ urls: 0, found: 0 }));
    count.urls += 1;
    count.found += 1;
    this.#all += 1;
    if (count.urls < DOMINATING_URLS || count.urls * 2 <= this.#all) return null;
    return `More than half of the queue is of one kind: ${address.template}`;
  }

  /** How many were found; sitemaps do not count. */
  found({ templateKey }: Address): number {
    return this.#counts.get(templateKey)?.found ?? 0;
  }

  remove({ templateKey }: Address): void {
    const count = this.#counts.get(templateKey);
    if (count === undefined || count.urls === 0) return;
    count.urls -= 1;
    this.#all -= 1;
  }
}
