// The elements that a scan does not skip, found by a hash of their name: so most tags need no string.

import { isSpace } from './raw-text.ts';

/** The wanted elements and, for each, the wanted attributes; all in lower case. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

/**
 * What is wanted of HTML elements, of svg and math elements, of all elements named in neither table, and of those in
 * svg and math.
 */
export type WantedElements = readonly [
  html: Wanted,
  foreign?: Wanted,
  everywhere?: readonly string[],
  everywhereInForeign?: readonly string[],
];

/** What the scanner does at a start tag. */
export interface Element {
  readonly name: string;
  readonly content: 'markup' | 'raw' | 'title' | 'script' | 'plaintext' | 'foreign' | 'heading';
  /** The attributes to read; null if the element is not wanted. */
  readonly wanted: readonly string[] | null;
  /** The attributes to read inside svg and math. There the element may still turn out to be an HTML element. */
  readonly wantedInForeign: readonly string[] | null;
}

const RAW_TEXT = ['style', 'xmp', 'iframe', 'noembed', 'noframes', 'textarea'];
const HEADINGS = ['h1', 'h2', 'h3'];
/** How many hashes of names there are. */
export const NAME_HASHES = 4096;

export class Elements {
  readonly #table: (Element | undefined)[] = new Array<Element | undefined>(NAME_HASHES).fill(undefined);
  readonly #byName = new Map<string, Element>();
  /** The entry for every other element, if attributes are wanted of all; its name is empty. */
  readonly other: Element | undefined;

  /**
   * `inForeign` is for elements of svg and math. `everywhere` and `everywhereInForeign` are for elements in neither
   * table.
   */
  constructor(
    wanted: Wanted,
    inForeign = wanted,
    everywhere: readonly string[] = [],
    everywhereInForeign: readonly string[] = everywhere,
  ) {
    if (everywhere.length > 0) {
      this.other = { name: '', content: 'markup', wanted: everywhere, wantedInForeign: everywhereInForeign };
    }
    const contents: [string, Element['content']][] = [
      ...[...Object.keys(wanted), ...Object.keys(inForeign)].map((name): [string, Element['content']] => {
        return [name, HEADINGS.includes(name) ? 'heading' : 'markup'];
      }),
      ...RAW_TEXT.map((name): [string, 'raw'] => [name, 'raw']),
      ['title', 'title'],
      ['script', 'script'],
      ['plaintext', 'plaintext'],
      ['svg', 'foreign'],
      ['math', 'foreign'],
    ];
    for (const [name, content] of contents) {
      const own = attributesOf(wanted, name);
      const foreign = attributesOf(inForeign, name);
      const either = own === null && foreign === null ? null : [...new Set([...(foreign ?? []), ...(own ?? [])])];
      this.#byName.set(name, { name, content, wanted: own, wantedInForeign: either });
    }
    for (const element of this.#byName.values()) this.#table[nameHash(element.name, 0, element.name.length)] = element;
  }

  /** The element with this name in the text. */
  at(text: string, from: number, to: number): Element | undefined {
    const found = this.#table[nameHash(text, from, to)];
    if (found === undefined || isNamed(text, from, to, found.name)) return found;
    // Another element with the same hash is rare; it is found by name.
    return this.#byName.get(lowered(text.slice(from, to)));
  }

  named(name: string): Element | undefined {
    return this.#byName.get(name);
  }
}

/** Where the tag name that begins at `from` ends. */
export function nameEnd(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x3e && (code === 0x3e || code === 0x2f || isSpace(code))) break;
  }
  return at;
}

/** Lowers only A to Z: the standard knows no other letters here. */
export function lowered(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

function attributesOf(wanted: Wanted, name: string): readonly string[] | null {
  return Object.hasOwn(wanted, name) ? wanted[name]! : null;
}

/**
 * A hash of the first letter, the last letter and the length of a name, in any case. Looking at every letter costs more
 * than it tells.
 */
export function nameHash(text: string, from: number, to: number): number {
  return (text.charCodeAt(from) & 31) | ((text.charCodeAt(to - 1) & 31) << 5) | (((to - from) & 3) << 10);
}

export function isNamed(text: string, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if ((text.charCodeAt(from + i) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}
