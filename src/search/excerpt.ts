// The part of a page that shows best why it was found, with the words of the question marked.

import { variantsOf } from './match.ts';
import type { QuestionPart } from './question.ts';
import { stemOf } from './stemming.ts';
import { eachRun, folded } from './terms.ts';

export interface Excerpt {
  /** Pieces of the text in turns: plain, marked, plain, and so on. Joined they are the excerpt. */
  readonly pieces: readonly string[];
  readonly isBeginning: boolean;
  readonly isEnd: boolean;
}

const LENGTH = 220;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** `marksIn` returns which places of a word of the text are what was asked for. */
export function excerptOf(text: string, marksIn: (word: string) => readonly [number, number][]): Excerpt {
  const marks: [number, number][] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    for (const [from, to] of marksIn(word)) marks.push([index + from, index + to]);
  }
  const { from, to } = bestWindow(text, marks);
  const pieces: string[] = [];
  let at = from;
  for (const [start, end] of marks) {
    if (start < at || end > to) continue;
    pieces.push(text.slice(at, start), text.slice(start, end));
    at = end;
  }
  pieces.push(text.slice(at, to));
  return { pieces, isBeginning: from === 0, isEnd: to === text.length };
}

/** The window with the most different marked words. */
function bestWindow(text: string, marks: readonly [number, number][]): { from: number; to: number } {
  let best = 0;
  let bestCount = 0;
  for (const [at, [start]] of marks.entries()) {
    const words = new Set<string>();
    for (let next = at; next < marks.length && marks[next]![1] <= start + LENGTH - 40; next += 1) {
      words.add(folded(text.slice(...marks[next]!)));
    }
    if (words.size <= bestCount) continue;
    best = start;
    bestCount = words.size;
  }
  const from = wordStart(text, Math.max(0, Math.min(best - 40, text.length - LENGTH)));
  const to = from + LENGTH >= text.length ? text.length : wordStart(text, from + LENGTH);
  return { from, to };
}

/** The place after the last space before `at`, if one is near. */
function wordStart(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.lastIndexOf(' ', at);
  if (space >= 0 && at - space < 24) return space + 1;
  // Not between the halves of a surrogate pair.
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
}

/** Finds the words of a question in the words of a text. */
export function markerOf(
  parts: readonly QuestionPart[],
  languages: readonly string[],
): (word: string) => readonly [number, number][] {
  const terms = new Set<string>();
  const beginnings: string[] = [];
  const runs: string[] = [];
  for (const part of parts.filter(({ isBarred }) => !isBarred)) {
    let isSpaced = true;
    eachRun(folded(part.text), (run, isUnspaced) => {
      if (isUnspaced) runs.push(run);
      isSpaced &&= !isUnspaced;
    });
    if (!isSpaced) continue;
    for (const { term, isBeginning } of variantsOf(part, languages).flat()) {
      if (isBeginning) beginnings.push(term);
      else terms.add(term);
    }
  }
  const stems = (languages.length === 0 ? [''] : languages).map(stemOf);
  return (word) => {
    const known = folded(word);
    if (stems.some((stem) => terms.has(stem(known))) || beginnings.some((start) => known.startsWith(start)))
      return [[0, word.length]];
    return runs.flatMap((run) => placesOf(run, known, word));
  };
}

function placesOf(run: string, known: string, word: string): [number, number][] {
  if (!known.includes(run)) return [];
  // Folding changed its length, so places in it are no places in the word.
  if (known.length !== word.length) return [[0, word.length]];
  const places: [number, number][] = [];
  for (let at = known.indexOf(run); at >= 0; at = known.indexOf(run, at + run.length))
    places.push([at, at + run.length]);
  return places;
}
