// One word, one thing: no exported type and no maker is declared twice, and each word of a closed list is given
// somewhere.

import { type Source, withoutComments } from './source.ts';

const TYPE = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm;
const MAKER = /^(?:export )?(?:async )?function (create[A-Z]\w*)/gm;

/** Names of exported types and of makers that several files declare. */
export function namesTwice(sources: readonly Source[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    for (const pattern of [TYPE, MAKER]) {
      for (const [, name] of text.matchAll(pattern)) places.set(name!, (places.get(name!) ?? new Set()).add(path));
    }
  }
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name} is declared in ${[...paths].sort().join(' and ')}`);
}

/** Words that no source gives: what stands in `describes` only says what they mean. */
export function unusedWords(
  words: readonly string[],
  sources: readonly Source[],
  describes: readonly string[],
): string[] {
  const texts = sources.filter(({ path }) => !describes.includes(path)).map(({ text }) => withoutComments(text));
  return words.filter((word) => !texts.some((text) => text.includes(`'${word}'`)));
}
