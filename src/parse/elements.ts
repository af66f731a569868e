// The elements that a scan does not just skip, found by the hash of their name: most tags need no string then.

/** Elements that are wanted, and which of their attributes; all in lower case. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

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
const HASH_MASK = 4095;

/** The part of a name's hash before `code`, which may be of either case. */
export function hashed(hash: number, code: number): number {
  return (hash * 31 + (code | 0x20)) & HASH_MASK;
}

export class Elements {
  readonly #table: (Element | undefined)[] = new Array<Element | undefined>(HASH_MASK + 1).fill(undefined);
  readonly #byName = new Map<string, Element>();

  /** `inForeign` holds for elements of svg and math. */
  constructor(wanted: Wanted, inForeign: Wanted) {
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
      const either = own === null && foreign === null ? null : [...new Set([...(own ?? []), ...(foreign ?? [])])];
      this.#byName.set(name, { name, content, wanted: own, wantedInForeign: either });
    }
    for (const element of this.#byName.values()) this.#table[hashOf(element.name)] = element;
  }

  /** The element whose name, with this hash, stands in the text. */
  at(text: string, from: number, to: number, hash: number): Element | undefined {
    const found = this.#table[hash];
    if (found === undefined || isNamed(text, from, to, found.name)) return found;
    // Another of the same hash: seldom, and then by name.
    return this.#byName.get(lowered(text.slice(from, to)));
  }

  named(name: string): Element | undefined {
    return this.#byName.get(name);
  }
}

/** Only the letters A to Z are lowered: the standard knows no others. */
export function lowered(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

function attributesOf(wanted: Wanted, name: string): readonly string[] | null {
  return Object.hasOwn(wanted, name) ? wanted[name]! : null;
}

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i += 1) hash = hashed(hash, name.charCodeAt(i));
  return hash;
}

function isNamed(text: string, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if ((text.charCodeAt(from + i) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}
