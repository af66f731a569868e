// The names of elements. A reader of a page asks for each of a thousand elements whether it is in one of many sets.
// Each name has a number, so that a set answers without a look at the name.

import { isNamed, lowered, NAME_HASHES, nameHash } from './elements.ts';

export interface ElementName {
  /** In lower case. */
  readonly name: string;
  /** 0 for names that are in no set. */
  readonly number: number;
}

/** All names that a set may have. */
const NAMES =
  'a abbr address annotation applet area article aside audio b base basefont bgsound blockquote body br button canvas caption center cite code col colgroup datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd keygen label legend li link listing main map mark math menu meta meter nav noembed noframes noscript object ol optgroup option p param pre progress q s samp script search section select small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp'.split(
    ' ',
  );
const BY_NAME: ReadonlyMap<string, ElementName> = new Map(NAMES.map((name, at) => [name, { name, number: at + 1 }]));
/** Of several names with one hash it has the last. */
const BY_HASH: readonly (ElementName | undefined)[] = tableOf([...BY_NAME.values()]);

function tableOf(names: readonly ElementName[]): (ElementName | undefined)[] {
  const table = new Array<ElementName | undefined>(NAME_HASHES).fill(undefined);
  for (const each of names) table[nameHash(each.name, 0, each.name.length)] = each;
  return table;
}

/** The element with this name in the text, in any case. */
export function elementNameAt(text: string, from: number, to: number): ElementName {
  const found = BY_HASH[nameHash(text, from, to)];
  if (found !== undefined && isNamed(text, from, to, found.name)) return found;
  const name = lowered(text.slice(from, to));
  return BY_NAME.get(name) ?? { name, number: 0 };
}

/** A set of elements. */
export interface ElementSet {
  has(element: { readonly number: number }): boolean;
}

/** The set of these names, which are separated by spaces. */
export function elements(names: string): ElementSet {
  return new NumberSet(names.split(' '));
}

/** Something for each of some elements; the names of each are separated by spaces. */
export function byElement<T>(
  entries: Readonly<Record<string, T>>,
): (element: { readonly number: number }) => T | undefined {
  const values = new Array<T | undefined>(NAMES.length + 1).fill(undefined);
  for (const [names, value] of Object.entries(entries))
    for (const name of names.split(' ')) values[numberOf(name)] = value;
  return ({ number }) => values[number];
}

class NumberSet implements ElementSet {
  readonly #members = new Uint8Array(NAMES.length + 1);

  constructor(names: readonly string[]) {
    for (const name of names) this.#members[numberOf(name)] = 1;
  }

  has({ number }: { readonly number: number }): boolean {
    return this.#members[number] === 1;
  }
}

function numberOf(name: string): number {
  const known = BY_NAME.get(name);
  if (known === undefined) throw new TypeError(`${name} is not in the list of names`);
  return known.number;
}
