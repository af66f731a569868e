// The elements that a scan does not just skip, found by the hash of their name: most tags need no string then.

import { isSpace } from './raw-text.ts';

/** Elements that are wanted, and which of their attributes; all in lower case. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

/** What is wanted of elements of HTML, of svg and math, and of all that neither names. */
export type WantedElements = ConstructorParameters<typeof Elements>;

/** Where a start tag leads the scanner. */
export interface Element {
  readonly name: string;
  readonly content: 'markup' | 'raw' | 'title' | 'script' | 'plaintext' | 'foreign' | 'heading';
  /** Attributes that are read; null where the element is none that is wanted. */
  readonly wanted: readonly string[] | null;
  /** The same inside svg and math, where it may turn out to be one of HTML's all the same. */
  readonly wantedInForeign: readonly string[] | null;
}

const RAW_TEXT = ['style', 'xmp', 'iframe', 'noembed', 'noframes', 'textarea'];
const HEADINGS = ['h1', 'h2', 'h3'];
const TABLE_SIZE = 4096;

export class Elements {
  readonly #table: (Element | undefined)[] = new Array<Element | undefined>(TABLE_SIZE).fill(undefined);
  readonly #byName = new Map<string, Element>();
  /** Stands for every other element, where attributes are wanted of all; it has no name. */
  readonly other: Element | undefined;

  /** `inForeign` holds for elements of svg and math, `everywhere` for those that neither names. */
  constructor(wanted: Wanted, inForeign = wanted, everywhere: readonly string[] = []) {
    if (everywhere.length > 0) {
      this.other = { name: '', content: 'markup', wanted: everywhere, wantedInForeign: everywhere };
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
    for (const element of this.#byName.values()) this.#table[hashOf(element.name, 0, element.name.length)] = element;
  }

  /** The element whose name stands there in the text. */
  at(text: string, from: number, to: number): Element | undefined {
    const found = this.#table[hashOf(text, from, to)];
    if (found === undefined || isNamed(text, from, to, found.name)) return found;
    // Another of the same hash: seldom, and then by name.
    return this.#byName.get(lowered(text.slice(from, to)));
  }

  named(name: string): Element | undefined {
    return this.#byName.get(name);
  }
}

/** Where the tag's name ends that begins at `from`. */
export function nameEnd(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x3e && (code === 0x3e || code === 0x2f || isSpace(code))) break;
  }
  return at;
}

/** Only the letters A to Z are lowered: the standard knows no others. */
export function lowered(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

function attributesOf(wanted: Wanted, name: string): readonly string[] | null {
  return Object.hasOwn(wanted, name) ? wanted[name]! : null;
}

/** By the first letter, the last and the length of a name, whatever its case: to look at every letter costs more than it tells. */
function hashOf(text: string, from: number, to: number): number {
  return (text.charCodeAt(from) & 31) | ((text.charCodeAt(to - 1) & 31) << 5) | (((to - from) & 3) << 10);
}

export function isNamed(text: string, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if ((text.charCodeAt(from + i) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}
