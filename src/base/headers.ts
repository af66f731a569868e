// Reads header fields in a flat list of name, value, name, value, as received.

import type { RawHeaders } from './contracts.ts';

/** The first value of a header, whose name may be in any case; undefined if there is none. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (isNamed(headers[at]!, wanted)) return headers[at + 1];
  }
  return undefined;
}

/** Every value of a header in the order received; its name may be in any case. */
export function headerAll(headers: RawHeaders, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (isNamed(headers[at]!, wanted)) values.push(headers[at + 1]!);
  }
  return values;
}

/** One value of a list, with its quoted strings. */
const LISTED = /(?:[^",]|"[^"]*"?)+/g;
const ESSENCE = /^\s*([^\s;,/]+\/[^\s;,/]+)/;
const CHARSET = /;\s*charset\s*=/i;

/**
 * The media type of a body by all that its header says of it (Fetch standard, "extract a MIME type"): the last type
 * counts, with the charset that an earlier value gave the same type. It is empty if there is none.
 */
export function contentTypeOf(headers: RawHeaders): string {
  const values = headerAll(headers, 'content-type');
  const [first = ''] = values;
  if (values.length <= 1 && !first.includes(',')) return first;
  let type = null as { readonly essence: string; readonly text: string } | null;
  let charset = '';
  for (const value of values.flatMap((each) => each.match(LISTED) ?? [])) {
    const essence = essenceOf(value);
    if (essence === '' || essence === '*/*') continue;
    // However often the type is said again, what an earlier value said of it is read once.
    const isKept: boolean = charset !== '' && essence === type?.essence && !CHARSET.test(value);
    if (!isKept) charset = CHARSET.test(value) ? (/;.*/s.exec(value.trim())?.[0] ?? '') : '';
    type = { essence, text: isKept ? essence + charset : value.trim() };
  }
  return type?.text ?? first;
}

/** The type without parameters, in lower case; empty if there is none (MIME Sniffing standard, section 4.2). */
export function essenceOf(value: string): string {
  return ESSENCE.exec(value)?.[1]?.toLowerCase() ?? '';
}

/** The words of a list of codings, in lower case, without parameters and without `identity`. */
export function wordsOf(value: string): string[] {
  const words = value.toLowerCase().split(/[\s,]+/);
  return words
    .map((word) => word.replace(/;.*$/, '').replace(/^"|"$/g, ''))
    .filter((word) => word !== '' && word !== 'identity');
}

/**
 * A URL in the value of a field. Octets above ASCII are percent-encoded as they came, whatever encoding they are in,
 * because the server will recognise them in this form.
 */
export function asciiUrl(value: string): string {
  return value.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
}

// Most names differ in length already, which is cheap to see.
function isNamed(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted;
}
