// What a question asks for in terms of the index. Each database makes an expression of its own of it.

import type { QuestionPart } from './question.ts';
import { type Asked, askedTerms } from './terms.ts';

/** Terms one behind the other. */
export type Phrase = readonly Asked[];
/** A part of a question; one of the phrases is enough. There is one for each language that makes a difference. */
export type Variants = readonly Phrase[];

/** Pages must have each of `all`, one of `any` if there are some, and nothing of `not`. */
export interface Match {
  readonly all: readonly Variants[];
  readonly any: readonly Variants[];
  readonly not: readonly Variants[];
}

/** All phrases that count for the rank of a page; one that is asked for twice counts twice. */
export function rankedPhrases({ all, any }: Match): Phrase[] {
  return [...all, ...any].flat();
}

/** The terms of a part in each language, without duplicates; an empty list if it has none. */
export function variantsOf({ text, kind }: QuestionPart, languages: readonly string[]): Asked[][] {
  const variants = new Map<string, Asked[]>();
  for (const language of languages.length === 0 ? [''] : languages) {
    const terms = askedTerms(text, language, kind === 'beginning');
    if (terms.length > 0) variants.set(JSON.stringify(terms), terms);
  }
  return [...variants.values()];
}
