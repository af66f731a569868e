// The scanner against parse5, which is the standard's parser in full: the same start tags in the same order, with the
// same values.

import { TextDecoder as StandardDecoder } from '@exodus/bytes/encoding.js';
import { ALLOWED } from './allowed.ts';
import type { Case, Difference, Target } from './fuzz.ts';
import { type OracleReading, readByOracle } from './oracle.ts';
import { madePage } from './pages.ts';
import { loadScanner, type PageKind, type Scanner } from './scanner.ts';

const CHARSETS = ['windows-1252', 'shift_jis', 'gb18030', 'big5', 'euc-jp', 'iso-2022-jp', 'windows-1251', 'utf-16le'];
const PIECE_MAX = 40;

/** The target of this checkout, or of a changed copy of its src/. */
export async function htmlTarget(source = new URL('../../src/', import.meta.url)): Promise<Target<PageKind>> {
  const scanner = await loadScanner(source);
  return {
    make(random) {
      const piece = 1 + Math.floor(random() * PIECE_MAX);
      const charset = random() < 0.9 ? 'utf-8' : CHARSETS[Math.floor(random() * CHARSETS.length)]!;
      const page = madePage(random);
      const input = charset === 'utf-16le' ? Buffer.from(page, 'utf16le').toString('latin1') : page;
      return { input, how: { charset, piece } };
    },
    check: (made) => differenceOf(scanner, made),
  };
}

function differenceOf(scanner: Scanner, { input, how }: Case<PageKind>): Difference | null {
  const bytes = Buffer.from(input, 'latin1');
  const text = new StandardDecoder(how.charset, { ignoreBOM: true }).decode(bytes);
  const oracle = readByOracle(text, scanner.wishes);
  const { whole, inPieces } = scanner.read(bytes, how);
  return compared(oracle, whole) ?? compared(oracle, inPieces);
}

/** A difference is allowed for what happened before it, not for what the page holds elsewhere. */
function compared({ tags, notes }: OracleReading, got: readonly string[]): Difference | null {
  const length = Math.max(tags.length, got.length);
  let at = 0;
  while (at < length && tags[at] === got[at]) at += 1;
  if (at === length) return null;
  const earlier = notes.filter((note) => note.at <= at);
  const because = ALLOWED.find(({ when }) => earlier.some(({ what }) => when.test(what)))?.because ?? null;
  return { want: tags, got, because };
}
