// Stems by language: "houses" and "house" are one term. The stemmers are Snowball's, made by a library, and each is
// loaded when its language is met.

import { onDemand } from '../base/on-demand.ts';

/** Returns the stem of a folded word. */
export type Stem = (word: string) => string;

/** The library's name of a language, by its code (ISO 639-1). */
const STEMMERS: Readonly<Record<string, string>> = {
  ar: 'arabic',
  bg: 'bulgarian',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  id: 'indonesian',
  it: 'italian',
  nb: 'norwegian',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};
/** What a page is taken for that names no language. */
const UNNAMED = 'en';
/** Short words have no endings, and words with digits are names. */
const STEMMED = /^\p{L}{3,}$/u;
/** Words of a page repeat. */
const STEMS_REMEMBERED_MAX = 50_000;

const stems = new Map<string, Stem>();

/** The code of a language as a page names it: `de` for `de-CH`; empty if it is no code. */
export function languageOf(written: string | null): string {
  return /^[a-z]{2,3}(?=$|[-_])/i.exec(written?.trim() ?? '')?.[0].toLowerCase() ?? '';
}

/** The stemmer of a language; one that changes nothing where there is none. */
export function stemOf(language: string): Stem {
  const code = language === '' ? UNNAMED : language;
  let stem = stems.get(code);
  if (stem === undefined) {
    const name = STEMMERS[code];
    stem = name === undefined ? (word) => word : remembering(load(name));
    stems.set(code, stem);
  }
  return stem;
}

function load(name: string): Stem {
  return onDemand<{ readonly stemmer: Stem }>(`@orama/stemmers/${name}`)().stemmer;
}

function remembering(stem: Stem): Stem {
  const known = new Map<string, string>();
  return (word) => {
    let found = known.get(word);
    if (found !== undefined) return found;
    found = STEMMED.test(word) ? stem(word) : word;
    if (known.size >= STEMS_REMEMBERED_MAX) known.clear();
    known.set(word, found);
    return found;
  };
}
