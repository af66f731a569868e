// The references of XML (XML 1.0, sections 4.1 to 4.6): numbers, the five names that XML defines, and the entities that
// a document itself declares. What stands in other files is never read, and expansions are bounded.

import { ENTITIES_LENGTH_MAX, ENTITY_LENGTH_MAX, XML_DEPTH_MAX } from '../base/limits.ts';
import { namedReferences } from './html/named-references.ts';
import { cleaned, decodeReferences } from './html/references.ts';

/** What a document declares. */
export interface Entities {
  /** The text that the entity stands for; null if it is unknown, is too long, or has markup in it. */
  textOf(name: string): string | null;
}

const asItIs = (raw: string): string => raw;

export const NO_ENTITIES: Entities = { textOf: () => null };

/** A name may have letters of any script, and signs. */
const NAME = String.raw`[\p{L}_:][\p{L}\p{N}_:.·-]*`;
const REFERENCE = new RegExp(`&(?:#\\w*|(${NAME}));`, 'gu');
const PREDEFINED: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
/** Characters outside of XML 1.0 (section 2.2), and the one that stands for them. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/u;

const DOCTYPE = /<!doctype(?=\s)/iy;
/** What has a meaning in a document type: its texts, comments, instructions, brackets and its end. */
const TOKEN = /"[^"]*"|'[^']*'|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|["'[\]>%]|<(?:!--|\?)|<!/g;
const OPEN_ENDED: ReadonlySet<string> = new Set(['"', "'", '<!--', '<?']);
const DECLARATION = new RegExp(String.raw`^<!ENTITY\s+(${NAME})\s+(?:"([^"]*)"|'([^']*)')\s*>$`, 'u');
/** Document types in which browsers know the names of HTML. */
const HTML_NAMES = /\sPUBLIC\s+["']-\/\/[^"']*\/\/DTD (?:XHTML|MathML)\b/i;

export interface Doctype {
  /** The place after it; -1 if its end is not in the text. */
  readonly end: number;
  readonly entities: Entities;
}

/**
 * The document type that begins at `open`; null if none does. A `>` in a declaration of its own does not end it. The
 * first declaration of a name counts (section 4.2). `decode` turns a piece of the text into what the document means.
 */
export function doctypeAt(text: string, open: number, decode = asItIs): Doctype | null {
  DOCTYPE.lastIndex = open;
  if (!DOCTYPE.test(text)) return null;
  const declared = new Map<string, string>();
  let isSubset = false;
  let isOver = false;
  /** Where the declaration begins; -1 between declarations. */
  let start = -1;
  TOKEN.lastIndex = open + '<!doctype'.length;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [sign] = token;
    const end = TOKEN.lastIndex;
    if (OPEN_ENDED.has(sign)) break;
    if (sign === '>' && !isSubset) return { end, entities: entitiesOf(text.slice(open, end), declared) };
    if (sign === '>' && start >= 0) {
      if (!isOver) declare(declared, decode(text.slice(start, end)));
      start = -1;
    } else if (sign === '<!' && start < 0) start = token.index;
    else if (sign === '[') isSubset = true;
    else if (sign === ']' && start < 0) isSubset = false;
    // What follows may depend on a file that is not read (section 5.1).
    else if (sign === '%' && start < 0) isOver = true;
  }
  return { end: -1, entities: NO_ENTITIES };
}

function declare(declared: Map<string, string>, declaration: string): void {
  const [, name, double, single] = DECLARATION.exec(declaration) ?? [];
  const written = double ?? single;
  if (name === undefined || written === undefined || declared.has(name)) return;
  // Numbers count where an entity is declared, names where it is used (section 4.5).
  declared.set(
    name,
    cleaned(written).replace(/&#\w+;/g, (number) => decodeReferences(number, true)),
  );
}

function entitiesOf(doctype: string, declared: ReadonlyMap<string, string>): Entities {
  const hasHtmlNames = HTML_NAMES.test(doctype);
  if (declared.size === 0 && !hasHtmlNames) return NO_ENTITIES;
  const known = new Map<string, string | null>();
  let room = ENTITIES_LENGTH_MAX;

  const expanded = (name: string, depth: number): string | null => {
    const written = declared.get(name);
    if (written === undefined) return hasHtmlNames ? (namedReferences().get(name)?.text ?? null) : null;
    if (known.has(name)) return known.get(name)!;
    // Until it is known: an entity that stands for itself stands for nothing.
    known.set(name, null);
    const isFit = depth <= XML_DEPTH_MAX && !written.includes('<');
    const text = isFit ? knownText(written, { textOf: (inner) => expanded(inner, depth + 1) }) : null;
    known.set(name, text);
    return text;
  };
  return {
    textOf(name) {
      const text = expanded(name, 1);
      room -= text?.length ?? 0;
      return room < 0 ? null : text;
    },
  };
}

/**
 * The meaning of written text; null if it contains a reference that nothing defines, or to a character that XML does
 * not allow. A `&` without a reference stands for itself.
 */
export function knownText(written: string, entities: Entities): string | null {
  if (!written.includes('&')) return written;
  let length = 0;
  let isKnown = true;
  const text = written.replace(REFERENCE, (reference, name: string | undefined) => {
    const part = isKnown ? meaningOf(reference, name, entities) : null;
    // What is long by itself may be: only what grows is bounded.
    if (name !== undefined) length += part?.length ?? 0;
    isKnown &&= part !== null && length <= ENTITY_LENGTH_MAX;
    return part ?? reference;
  });
  return isKnown ? text : null;
}

function meaningOf(reference: string, name: string | undefined, entities: Entities): string | null {
  if (name !== undefined && !PREDEFINED.has(name)) return entities.textOf(name);
  const text = decodeReferences(reference, true);
  return text !== reference && (name !== undefined || !FORBIDDEN.test(text)) ? text : null;
}

/** The meaning of written text for a reader: what has no meaning in XML is read as in HTML, or stays as written. */
export function likelyText(written: string, entities: Entities): string {
  return written.replace(
    REFERENCE,
    (reference, name: string | undefined) => meaningOf(reference, name, entities) ?? decodeReferences(reference, true),
  );
}
