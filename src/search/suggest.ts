// Mends a word that the index does not have: another word, one letter away, that it has. Of several the one on the most
// pages is taken.

import type { DatabaseSync } from 'node:sqlite';
import { variantsOf } from './match.ts';
import type { Question, QuestionPart } from './question.ts';
import { stemOf } from './stemming.ts';
import { folded } from './terms.ts';

/** Short words have too many neighbours. */
const WORD_LENGTH_MIN = 4;
const WORD_LENGTH_MAX = 24;
const ALPHABETS = ['abcdefghijklmnopqrstuvwxyz', 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'αβγδεζηθικλμνξοπρστυφχψω'];

/** The question with its words mended; null if there is nothing to mend. */
export function suggestionFor(
  database: DatabaseSync,
  { parts }: Question,
  languages: readonly string[],
): string | null {
  const select = database.prepare('select doc from terms where term = ?');
  const pagesWith = (term: string): number => (select.get(term)?.['doc'] as number | undefined) ?? 0;
  let isMended = false;
  const words = parts
    .filter(({ isBarred }) => !isBarred)
    .map((part) => {
      const mended = mend(part, languages, pagesWith);
      isMended ||= mended !== null;
      return mended ?? part.text;
    });
  return isMended ? words.join(' ') : null;
}

function mend(part: QuestionPart, languages: readonly string[], pagesWith: (term: string) => number): string | null {
  const word = folded(part.text);
  if (part.kind !== 'word' || word.length < WORD_LENGTH_MIN || word.length > WORD_LENGTH_MAX) return null;
  const alphabet = ALPHABETS.find((letters) => [...word].every((letter) => letters.includes(letter)));
  if (alphabet === undefined) return null;
  if (variantsOf(part, languages).some((terms) => terms.every(({ term }) => pagesWith(term) > 0))) return null;
  const stems = (languages.length === 0 ? [''] : languages).map(stemOf);
  let best: string | null = null;
  let bestPages = 0;
  for (const near of neighbours(word, alphabet)) {
    const pages = Math.max(...stems.map((stem) => pagesWith(stem(near))));
    if (pages <= bestPages) continue;
    best = near;
    bestPages = pages;
  }
  return best;
}

/** Two letters exchanged, one left out, one in place of another, one more. */
function* neighbours(word: string, alphabet: string): Generator<string> {
  for (let at = 0; at <= word.length; at += 1) {
    const before = word.slice(0, at);
    const after = word.slice(at);
    if (after.length > 1) yield before + after[1] + after[0] + after.slice(2);
    if (after.length > 0) yield before + after.slice(1);
    for (const letter of alphabet) {
      if (after.length > 0) yield before + letter + after.slice(1);
      yield before + letter + after;
    }
  }
}
