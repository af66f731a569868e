// Mends a word that the index does not have: another word, one letter away, that it has. Of several the one on the most
// of the first pages is taken.

import { type IndexReader, SAMPLED_MAX } from './index-store.ts';
import { variantsOf } from './match.ts';
import type { Question, QuestionPart } from './question.ts';
import { stemOf } from './stemming.ts';
import { folded } from './terms.ts';

/** Short words have too many neighbours. */
const WORD_LENGTH_MIN = 4;
const WORD_LENGTH_MAX = 24;
const ALPHABETS = ['abcdefghijklmnopqrstuvwxyz', 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'αβγδεζηθικλμνξοπρστυφχψω'];

/** The question with its words mended; null if there is nothing to mend. */
export async function suggestionFor(
  index: Pick<IndexReader, 'pagesWith'>,
  { parts }: Question,
  languages: readonly string[],
): Promise<string | null> {
  let isMended = false;
  const words: string[] = [];
  for (const part of parts.filter(({ isBarred }) => !isBarred)) {
    const mended = await mend(part, languages, index);
    isMended ||= mended !== null;
    words.push(mended ?? part.text);
  }
  return isMended ? words.join(' ') : null;
}

async function mend(
  part: QuestionPart,
  languages: readonly string[],
  { pagesWith }: Pick<IndexReader, 'pagesWith'>,
): Promise<string | null> {
  const word = folded(part.text);
  if (part.kind !== 'word' || word.length < WORD_LENGTH_MIN || word.length > WORD_LENGTH_MAX) return null;
  const alphabet = ALPHABETS.find((letters) => [...word].every((letter) => letters.includes(letter)));
  if (alphabet === undefined) return null;
  const variants = variantsOf(part, languages);
  // Most words are on one of the first pages; it takes longer to look at all.
  for (const among of [SAMPLED_MAX, undefined]) {
    const known = await pagesWith(
      variants.flat().map(({ term }) => term),
      among,
    );
    if (variants.some((terms) => terms.every(({ term }) => known.get(term)! > 0))) return null;
  }
  const stems = (languages.length === 0 ? [''] : languages).map(stemOf);
  const near = [...new Set(neighbours(word, alphabet))].map((each) => ({
    each,
    terms: stems.map((stem) => stem(each)),
  }));
  const nearTerms = [...new Set(near.flatMap(({ terms }) => terms))];
  for (const among of [SAMPLED_MAX, undefined]) {
    const pages = await pagesWith(nearTerms, among);
    let best: string | null = null;
    let bestPages = 0;
    for (const { each, terms } of near) {
      const most = Math.max(...terms.map((term) => pages.get(term)!));
      if (most <= bestPages) continue;
      best = each;
      bestPages = most;
    }
    if (best !== null) return best;
  }
  return null;
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
