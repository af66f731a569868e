// A question as an expression of FTS5. Every term is quoted, so nothing that people type has a meaning there.

import type { QuestionPart } from './question.ts';
import { type Asked, askedTerms } from './terms.ts';

/** The wanted parts and the barred ones, each as an expression. A part without a term is left out. */
export interface Expressions {
  readonly wanted: readonly string[];
  readonly barred: readonly string[];
}

/**
 * `languages` are those of the pages. A word is looked for as each language would have it: nobody says in which
 * language a question is.
 */
export function expressionsOf(parts: readonly QuestionPart[], languages: readonly string[]): Expressions {
  const wanted: string[] = [];
  const barred: string[] = [];
  for (const part of parts) {
    const expression = expressionOf(part, languages);
    if (expression !== null) (part.isBarred ? barred : wanted).push(expression);
  }
  return { wanted, barred };
}

/** The terms of a part in each language, without duplicates; an empty list if it has none. */
export function variantsOf({ text, kind }: QuestionPart, languages: readonly string[]): Asked[][] {
  const variants = new Map<string, Asked[]>();
  for (const language of languages.length === 0 ? [''] : languages) {
    const terms = askedTerms(text, language, kind === 'beginning');
    if (terms.length > 0) variants.set(phraseOf(terms), terms);
  }
  return [...variants.values()];
}

function expressionOf(part: QuestionPart, languages: readonly string[]): string | null {
  const phrases = variantsOf(part, languages).map(phraseOf);
  if (phrases.length === 0) return null;
  return phrases.length === 1 ? phrases[0]! : `(${phrases.join(' OR ')})`;
}

/** The terms one behind the other. */
function phraseOf(terms: readonly Asked[]): string {
  const [last] = terms.slice(-1);
  return `"${terms.map(({ term }) => term).join(' ')}"${last!.isBeginning ? ' *' : ''}`;
}
