// Text as terms, the units of the index. A text and a question about it must become the same terms, so both come
// through here.
//
// Case and accents make no difference. Scripts that write words without spaces become pairs of characters, one pair at
// each character: a dictionary cuts a sentence and a question in different places, but every part of the sentence with
// two characters or more is there as pairs in a row. The last character of such a run is a term too, so that a question
// of one character, which asks for all terms that begin with it, finds it everywhere.

import { type Stem, stemOf } from './stemming.ts';

/** Letters, digits, and the marks that belong to them. */
const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const ASCII_WORDS = /[0-9a-z]+/g;
/** 1 for the letters and digits of ASCII. */
const STRETCH_CODES = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[0-9a-z]/i.test(String.fromCharCode(code))),
);
const ASCII = /^[\0-\x7f]*$/;
/** Han, Kana, Bopomofo, Hangul, Thai, Lao, Khmer, Myanmar, Tibetan. Hangul has spaces, but its words have endings. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u30fc\u3005]/u;
const UNSPACED_OR_NOT = new RegExp(`(?:${UNSPACED.source}\\p{M}*)+|(?:(?!${UNSPACED.source}).)+`, 'gu');
/** Accents of Latin, Greek and Cyrillic; vowel points of Hebrew and Arabic. In other scripts a mark makes the word. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u0640]/g;
/** More marks on a letter than any language has (UAX 15, section 13). To sort them takes the square of their number. */
const MARKS = /(\p{M}{30})\p{M}+/gu;
/** Nobody asks for a word of this length. Hashes and data would fill the index. */
const TERM_LENGTH_MAX = 64;

/** A term of a question, and whether any end of it will do. */
export interface Asked {
  readonly term: string;
  readonly isBeginning: boolean;
}

/** The terms of a text, in its order. */
export function termsOf(text: string, language: string): string[] {
  return stretchTerms(text, stemOf(language));
}

/** Whether the character may be part of a term: a letter or a digit of ASCII, or anything beyond ASCII. */
export function isOfStretch(code: number): boolean {
  return code >= 128 || STRETCH_CODES[code] === 1;
}

/** The terms of characters that may be parts of terms. Their neighbours make no difference. */
export function stretchTerms(stretch: string, stem: Stem): string[] {
  const terms: string[] = [];
  eachRun(folded(stretch), (run, isUnspaced) => {
    if (!isUnspaced) terms.push(termOf(run, stem));
    else for (const term of pairsOf(run)) terms.push(term);
  });
  return terms;
}

/** The terms of a word or a phrase of a question. With `isBeginning` only the start of its last word is given. */
export function askedTerms(text: string, language: string, isBeginning = false): Asked[] {
  const asked: Asked[] = [];
  const stem = isBeginning ? unchanged : stemOf(language);
  eachRun(folded(text), (run, isUnspaced) => {
    if (!isUnspaced) {
      asked.push({ term: termOf(run, stem), isBeginning: false });
      return;
    }
    const pairs = pairsOf(run);
    // The term of the last character stands only at the end of a run, but the question may go on there.
    const known = pairs.length > 1 ? pairs.slice(0, -1) : pairs;
    for (const term of known) asked.push({ term, isBeginning: pairs.length === 1 });
  });
  const last = asked.at(-1);
  if (isBeginning && last !== undefined) asked[asked.length - 1] = { ...last, isBeginning: true };
  return asked;
}

/** Small letters without accents. Letters that look or mean the same become one. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .replace(MARKS, '$1')
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i');
}

/** Calls `take` for each run of letters and digits in a folded text. */
export function eachRun(text: string, take: (run: string, isUnspaced: boolean) => void): void {
  if (ASCII.test(text)) {
    for (const [run] of text.matchAll(ASCII_WORDS)) take(run, false);
    return;
  }
  for (const [run] of text.matchAll(RUN)) {
    if (!UNSPACED.test(run)) take(run, false);
    else for (const [part] of run.matchAll(UNSPACED_OR_NOT)) take(part, UNSPACED.test(part));
  }
}

function termOf(word: string, stem: Stem): string {
  return stem(word.length > TERM_LENGTH_MAX ? word.slice(0, TERM_LENGTH_MAX) : word);
}

/** The pairs of a run, and its last character. */
function pairsOf(run: string): string[] {
  const characters = run.match(/.\p{M}*/gu) ?? [];
  return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

const unchanged: Stem = (word) => word;
