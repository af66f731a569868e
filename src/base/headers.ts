// Reading header fields where they stand: a flat list of names and values by turns, as received.

import type { RawHeaders } from './contracts.ts';

/** The first value of a header, its name in any case; undefined where there is none. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (isNamed(headers[at]!, wanted)) return headers[at + 1];
  }
  return undefined;
}

/** Every value of a header in the order received, its name in any case. */
export function headerAll(headers: RawHeaders, name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (isNamed(headers[at]!, wanted)) values.push(headers[at + 1]!);
  }
  return values;
}

/** The words of a list of codings, in lower case, without their parameters; `identity` is none. */
export function wordsOf(value: string): string[] {
  const words = value.toLowerCase().split(/[\s,]+/);
  return words
    .map((word) => word.replace(/;.*$/, '').replace(/^"|"$/g, ''))
    .filter((word) => word !== '' && word !== 'identity');
}

/**
 * A URL in the value of a field: octets above ASCII are percent-encoded as they came, whatever they were meant to be, because that is what the server
 * will know again.
 */
export function asciiUrl(value: string): string {
  return value.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
}

// Most names differ in length already, which costs nothing to see.
function isNamed(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted;
}
