// Parameters whose order, presence or value changes nothing. It is learnt from pages that have the same address but for one part, and are
// equal. An address is then set aside only where the page of another that differs from it in that part alone was had.

import { wordHash } from '../base/fingerprint.ts';
import { REDUCED_PAGES_REMEMBERED_MAX, TEMPLATES_REMEMBERED_MAX } from '../base/limits.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Address, isToken, nameOf, templateOf } from './template.ts';

/** So many pairs of equal pages, and of pages that differ no more than one in fifty of that. */
const PAIRS_LEAST = 16;
const DIFFERENT_SHARE = 50;
/** Of longer queries nothing is learnt. */
const FIELDS_MOST = 12;

/** A part of an address that may change nothing. */
interface Part {
  /** What it is, in words. */
  readonly what: string;
  /** Of which addresses it is learnt. */
  readonly kind: string;
  /** The address without it. */
  readonly rest: string;
}

interface Pairs {
  equal: number;
  different: number;
}

export class Parameters {
  readonly #pairs = new BoundedMap<Pairs>(TEMPLATES_REMEMBERED_MAX);
  /** By an address without one part, the page of the first that was had. */
  readonly #pages = new BoundedMap<{ readonly url: string; readonly page: number }>(REDUCED_PAGES_REMEMBERED_MAX);

  /** Whether anything can be learnt from its page. */
  isOf({ segments, fields }: Address): boolean {
    return fields.length > 0 || segments.some(isToken);
  }

  /** Its page was had; `page` is a number that equal pages share. */
  learn(url: string, address: Address, page: number): void {
    for (const { kind, rest } of partsOf(address)) {
      const key = `${kind} ${wordHash(rest)} ${rest.length}`;
      const first = this.#pages.get(key);
      if (first === undefined) this.#pages.set(key, { url, page });
      else if (first.url !== url) {
        const pairs = this.#pairs.touch(kind, () => ({ equal: 0, different: 0 }));
        if (first.page === page) pairs.equal += 1;
        else pairs.different += 1;
      }
    }
  }

  /** Why it is not worth asking for, in words. */
  trapIn(url: string, address: Address): string | null {
    for (const { what, kind, rest } of partsOf(address)) {
      const pairs = this.#pairs.get(kind);
      if (pairs === undefined || pairs.equal < PAIRS_LEAST || pairs.different * DIFFERENT_SHARE > pairs.equal) continue;
      const first = this.#pages.get(`${kind} ${wordHash(rest)} ${rest.length}`);
      if (first !== undefined && first.url !== url) return `${templateOf(address)}: ${what} changes nothing`;
    }
    return null;
  }
}

function partsOf({ host, segments, fields }: Address): Part[] {
  const parts: Part[] = [];
  const path = segments.join('/');
  const pathKind = segments.map((segment) => (isToken(segment) ? '*' : /\d/.test(segment) ? '#' : segment)).join('/');
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`;
  // A token at the end of a path may well name the page.
  for (const [at, segment] of segments.slice(0, -1).entries()) {
    if (!isToken(segment)) continue;
    const rest = segments.toSpliced(at, 1, '*').join('/');
    parts.push({ what: `segment ${at + 1} of the path`, kind: `${host}/ ${at}`, rest: `${rest}${query}` });
  }
  if (fields.length > FIELDS_MOST) return parts;
  for (const name of new Set(fields.map(nameOf))) {
    const rest = fields.filter((field) => nameOf(field) !== name).join('&');
    parts.push({ what: `the value of ${name}`, kind: `${host}/${pathKind} ${name}`, rest: `${path}?${rest}` });
  }
  if (fields.length < 2) return parts;
  const sorted = fields.toSorted().join('&');
  parts.push({
    what: 'the order of the parameters',
    kind: `${host}/${pathKind} order`,
    rest: `${path}?${sorted} order`,
  });
  parts.push({ what: 'what is in the query', kind: `${host}/${pathKind} query`, rest: `${path} query` });
  return parts;
}
