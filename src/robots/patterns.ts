// Finds which pattern of a robots.txt matches a path, for all patterns in one pass. The pieces between stars are the
// words of one automaton (Aho and Corasick, 1975), and each pattern waits for its next piece. A piece takes its first
// possible place, which leaves the most room for the rest, so nothing is ever tried twice.

import { ROBOTS_MATCH_STEPS_MAX } from '../base/limits.ts';
import type { Sliced } from '../base/slices.ts';
import { SLICE_LINES } from './text.ts';
import { Words } from './words.ts';

/** A pattern whose pieces before `piece` were found, the last of them ending at `at`. */
interface Waiter {
  readonly rule: number;
  readonly piece: number;
  readonly at: number;
}

interface Parts {
  /** The pieces in the order in which they must occur, with anything between them. */
  readonly pieces: readonly string[];
  /** The first piece must begin the path. */
  readonly isBound: boolean;
  /** The text that the path must end with; null if it may go on. */
  readonly tail: string | null;
  /** Nothing may stand between the pieces and the end. */
  readonly isExact: boolean;
}

interface Pattern extends Pick<Parts, 'tail' | 'isExact'> {
  readonly words: readonly number[];
}

/** Rules by a word; null if there are none, because each host in memory has two of these. */
type RulesOfWords = Map<number, number[]> | null;

export class Patterns {
  readonly #words: Words;
  readonly #patterns: Pattern[];
  /** The patterns that have no piece to wait for. */
  readonly #wordless: number[] = [];
  /**
   * Patterns by their first piece: those that need it at the beginning of the path, and those that take it anywhere.
   */
  #bound: RulesOfWords = null;
  #free: RulesOfWords = null;

  private constructor(words: Words, count: number) {
    this.#words = words;
    // An array that grows by itself keeps room for sixteen more, and each host has one.
    this.#patterns = new Array(count);
  }

  /** `patterns` has the best pattern first. `*` is any run of characters; a `$` at the end is the end of the path. */
  static *compiled(patterns: readonly string[]): Sliced<Patterns> {
    let length = 0;
    let words = 0;
    for (const [at, pattern] of patterns.entries()) {
      if (at % SLICE_LINES === SLICE_LINES - 1) yield;
      length += lengthOf(pattern);
      words += pattern.split('*').length;
    }
    const compiled = new Patterns(new Words(length, words), patterns.length);
    if (patterns.length > SLICE_LINES) yield;
    for (const [rule, pattern] of patterns.entries()) {
      if (rule > 0 && rule % SLICE_LINES === 0) yield;
      compiled.#add(partsOf(pattern), rule);
    }
    yield* compiled.#words.link();
    return compiled;
  }

  /**
   * The index of the first pattern that matches; -1 if none matches. It is null if finding out would take too many
   * steps.
   */
  first(path: string): number | null {
    return new Search(path, this.#patterns).run(this.#words, this.#wordless, this.#bound, this.#free);
  }

  #add({ pieces, isBound, tail, isExact }: Parts, rule: number): void {
    const words = pieces.map((piece) => this.#words.add(piece));
    const first = words[0];
    if (first === undefined) this.#wordless.push(rule);
    else if (isBound) this.#bound = appended(this.#bound, first, rule);
    else this.#free = appended(this.#free, first, rule);
    this.#patterns[rule] = { words, tail, isExact };
  }
}

/** The length of its pieces at most: a `$` within becomes `%24`. */
function lengthOf(pattern: string): number {
  return pattern.includes('$') ? 3 * pattern.length : pattern.length;
}

function partsOf(pattern: string): Parts {
  const isAnchored = pattern.endsWith('$');
  const pieces = (isAnchored ? pattern.slice(0, -1) : pattern).replaceAll('$', '%24').split('*');
  const isExact = isAnchored && pieces.length === 1;
  const isBound = pieces[0] !== '';
  const tail = isExact ? '' : isAnchored ? pieces.pop()! : null;
  return { pieces: pieces.filter((piece) => piece !== ''), isBound, tail, isExact };
}

class Search {
  readonly #path: string;
  readonly #patterns: readonly Pattern[];
  readonly #waiting = new Map<number, { readonly line: Waiter[]; from: number }>();
  #best = Number.POSITIVE_INFINITY;
  #steps = 0;

  constructor(path: string, patterns: readonly Pattern[]) {
    this.#path = path;
    this.#patterns = patterns;
  }

  run(words: Words, wordless: readonly number[], bound: RulesOfWords, free: RulesOfWords) {
    const path = this.#path;
    const met = new Set<number>();
    this.#advanceAll(wordless, 0, 0);
    let state = 0;
    for (let end = 1; end <= path.length && this.#best > 0; end += 1) {
      state = words.next(state, path.charCodeAt(end - 1));
      for (let word = words.wordAt(state); word > 0; word = words.wordWithin(word)) {
        this.#steps += 1;
        const start = end - words.lengthOf(word);
        if (start === 0) this.#advanceAll(bound?.get(word), 1, end);
        if (!met.has(word)) this.#advanceAll(free?.get(word), 1, end);
        met.add(word);
        this.#release(word, start, end);
      }
      if (this.#steps > ROBOTS_MATCH_STEPS_MAX) return null;
    }
    return this.#best === Number.POSITIVE_INFINITY ? -1 : this.#best;
  }

  /** Moves on the patterns that wait for this piece, unless the piece overlaps the one found before it. */
  #release(word: number, start: number, end: number): void {
    const waiting = this.#waiting.get(word);
    if (waiting === undefined) return;
    const { line } = waiting;
    for (; waiting.from < line.length && line[waiting.from]!.at <= start; waiting.from += 1) {
      const { rule, piece } = line[waiting.from]!;
      this.#advance(rule, piece + 1, end);
    }
  }

  #advanceAll(rules: readonly number[] | undefined, piece: number, at: number): void {
    if (rules === undefined) return;
    for (const rule of rules) {
      if (rule >= this.#best) return;
      this.#advance(rule, piece, at);
    }
  }

  #advance(rule: number, piece: number, at: number): void {
    this.#steps += 1;
    if (rule >= this.#best) return;
    const { words, tail, isExact } = this.#patterns[rule]!;
    if (piece < words.length) this.#wait(words[piece]!, { rule, piece, at });
    else if (tail === null || (isExact ? at === this.#path.length : this.#hasTail(tail, at))) this.#best = rule;
  }

  #hasTail(tail: string, at: number): boolean {
    return this.#path.length - tail.length >= at && this.#path.endsWith(tail);
  }

  #wait(word: number, waiter: Waiter): void {
    const waiting = this.#waiting.get(word);
    if (waiting === undefined) this.#waiting.set(word, { line: [waiter], from: 0 });
    else waiting.line.push(waiter);
  }
}

function appended(lists: RulesOfWords, word: number, rule: number): Map<number, number[]> {
  const list = lists?.get(word);
  if (list === undefined) return (lists ?? new Map<number, number[]>()).set(word, [rule]);
  list.push(rule);
  return lists!;
}
