// What a page shows: the addresses of its pictures and films, as numbers.

import { HASH_START, hashByte, mixed } from '../base/fingerprint.ts';
import { bytesOf, ENDS_ADDRESS, isNamed } from './attributes.ts';
import type { HashSet32 } from './hash-set.ts';

const SOURCE = bytesOf('src');
const QUESTION = 0x3f;
const DOT = 0x2e;
const PICTURE_NAME = /\.(?:jpe?g|png|gif|webp|avif|svg|mp4|webm|mp3)$/i;
/** A moment, a random number or a token. */
const MOMENTARY = /\d\.\d|\d{7}|(?=[a-z]*\d)[a-z\d]{8}/i;
/** Longer queries name no picture. */
const QUERY_LENGTH_MAX = 128;
const BACKGROUND = bytesOf('url(');
const ENDS_BACKGROUND = new Set(bytesOf(')>?#'));

/**
 * Adds a hash for each address that a tag shows. A query may be another one each time, for the same picture; it counts
 * if it is all that names the picture. `data-src` counts too.
 */
export function addSources(text: Buffer, open: number, end: number, sources: HashSet32): void {
  for (let at = open; at < end; at += 1) {
    if (!isNamed(text, at, SOURCE)) continue;
    let hash = HASH_START;
    const from = at + SOURCE.length + 1;
    for (at = from; at < end && !ENDS_ADDRESS.has(text[at]!); at += 1) {
      if (text[at] !== 0x22 && text[at] !== 0x27) hash = hashByte(hash, text[at]!);
      else if (hash !== HASH_START) break;
    }
    if (text[at] === QUESTION && !PICTURE_NAME.test(text.toString('latin1', from, at)))
      hash = hashed(hash, queryAt(text, at));
    sources.add(mixed(hash));
  }
}

/** The query of a picture that a script makes; empty if it may be another one each time. */
function queryAt(text: Buffer, from: number): string {
  let to = from + 1;
  const most = Math.min(text.length, from + QUERY_LENGTH_MAX + 1);
  while (to < most && text[to] !== 0x22 && text[to] !== 0x27 && !ENDS_ADDRESS.has(text[to]!)) to += 1;
  const query = text.toString('latin1', from, to);
  return query.length > QUERY_LENGTH_MAX || MOMENTARY.test(query) ? '' : query;
}

function hashed(hash: number, text: string): number {
  let on = hash;
  for (let at = 0; at < text.length; at += 1) on = hashByte(on, text.charCodeAt(at));
  return on;
}

/** Whether the address of a link is that of a picture or a film by its name. */
export function isPicture(address: Buffer): boolean {
  const { length } = address;
  if (address[length - 4] !== DOT && address[length - 5] !== DOT) return false;
  return PICTURE_NAME.test(address.toString('latin1', length - 5));
}

/** A picture that a page only leads to belongs to what it shows. */
export function addLinked(address: Buffer, addresses: HashSet32): void {
  let hash = HASH_START;
  for (const byte of address) hash = hashByte(hash, byte);
  addresses.add(mixed(hash));
}

/** Adds a hash for each address in a style: a picture may be the background of an element. */
export function addBackgrounds(text: Buffer, addresses: HashSet32): void {
  for (let at = text.indexOf(BACKGROUND); at >= 0; at = text.indexOf(BACKGROUND, at)) {
    at += BACKGROUND.length;
    let hash = HASH_START;
    for (; at < text.length && !ENDS_BACKGROUND.has(text[at]!); at += 1) hash = hashByte(hash, text[at]!);
    addresses.add(mixed(hash));
  }
}
