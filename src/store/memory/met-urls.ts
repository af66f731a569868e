// The ids of URLs that were met again, by their text. Most links of a site's pages are those of its menus: the same few
// in the same spelling. To find such a URL here is cheaper than to hash its key. Where links are spread evenly over
// many URLs, the table only costs; it then rests.

import { KNOWN_URL_LENGTH_MAX, KNOWN_URLS_CACHED_MAX } from '../../base/limits.ts';

/** The table pays if it answers so often for each URL that is added. This is looked at after so many were added. */
const FINDS_PER_ENTRY_MIN = 1;
const TRIAL_ENTRIES = 4_096;
/** The look-ups for which a table rests that did not pay. */
const REST_LOOKUPS = 1_000_000;

export class MetUrls {
  readonly #ids = new Map<string, number>();
  /** Since the last trial. */
  #finds = 0;
  #added = 0;
  #rest = 0;

  /** The id of the URL; undefined if the table does not hold it. */
  get(url: string): number | undefined {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return undefined;
    }
    // Only short URLs: to look one up makes a copy of its own of a text that shared its beginning with others.
    const id = url.length <= KNOWN_URL_LENGTH_MAX ? this.#ids.get(url) : undefined;
    if (id !== undefined) this.#finds += 1;
    return id;
  }

  /** Remembers a URL that `get` did not find. */
  add(url: string, id: number): void {
    if (this.#rest > 0 || url.length > KNOWN_URL_LENGTH_MAX) return;
    if (this.#ids.size >= KNOWN_URLS_CACHED_MAX) this.#ids.clear();
    this.#ids.set(url, id);
    this.#added += 1;
    if (this.#added === TRIAL_ENTRIES) this.#judge();
  }

  #judge(): void {
    if (this.#finds < FINDS_PER_ENTRY_MIN * TRIAL_ENTRIES) {
      this.#rest = REST_LOOKUPS;
      this.#ids.clear();
    }
    this.#finds = 0;
    this.#added = 0;
  }
}
