// Reads what people type into a search box: words, "phrases", beginnings*, -not, and filters like site:example.com.
// Pure. Anything that has no meaning here is a word, so that no question fails for its signs alone.

import { languageOf } from './stemming.ts';

/** What is asked for. At least one of `parts` is wanted, or there is a filter. */
export interface Question {
  readonly parts: readonly QuestionPart[];
  readonly filters: readonly Filter[];
}

export interface QuestionPart {
  readonly text: string;
  readonly kind: 'word' | 'phrase' | 'beginning';
  /** The page must not have it. */
  readonly isBarred: boolean;
}

export type Filter =
  | { readonly field: 'site' | 'path' | 'type' | 'lang'; readonly value: string; readonly isBarred: boolean }
  /** Pages that a facet counted: with exactly this value. */
  | { readonly field: 'facet'; readonly of: 'host' | 'folder' | 'type' | 'language'; readonly value: string }
  /** Pages fetched before, or at or after, a moment in wall milliseconds. */
  | { readonly field: 'before' | 'after'; readonly at: number };

/** What is wrong with a question, and where: a place in the text, from 0. */
export class QuestionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const PIECE = /(-?)(?:"([^"]*)("?)|([a-z]+):(?:"([^"]*)("?)|([^\s"]*))|([^\s"]+))/giy;
const FIELDS: ReadonlySet<string> = new Set(['site', 'path', 'type', 'lang', 'before', 'after']);
const LETTER = /[\p{L}\p{N}]/u;
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const QUESTION_LENGTH_MAX = 1_000;
const PARTS_MAX = 32;

/** Throws QuestionError. */
export function questionOf(typed: string): Question {
  if (typed.length > QUESTION_LENGTH_MAX)
    throw new QuestionError(`the question has more than ${QUESTION_LENGTH_MAX} characters`, QUESTION_LENGTH_MAX);
  const parts: QuestionPart[] = [];
  const filters: Filter[] = [];
  for (let at = afterSpace(typed, 0); at < typed.length; at = afterSpace(typed, PIECE.lastIndex)) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(typed)!;
    const [whole, minus, phrase, end, field, quoted, quotedEnd, value, word] = found;
    if (end === '' || quotedEnd === '')
      throw new QuestionError('a quotation mark is not closed', at + whole.indexOf('"'));
    const isBarred = minus === '-';
    if (phrase !== undefined) addPart(parts, { text: phrase, kind: 'phrase', isBarred });
    else if (field !== undefined && FIELDS.has(field.toLowerCase())) {
      filters.push(filterOf(field.toLowerCase(), quoted ?? value ?? '', isBarred, at));
    } else {
      const text = word ?? whole.slice(minus!.length);
      const isBeginning = text.endsWith('*');
      addPart(parts, { text: text.replaceAll('"', ' '), kind: isBeginning ? 'beginning' : 'word', isBarred });
    }
    if (parts.length + filters.length > PARTS_MAX)
      throw new QuestionError(`the question has more than ${PARTS_MAX} words`, at);
  }
  if (parts.every(({ isBarred }) => isBarred) && filters.length === 0)
    throw new QuestionError(parts.length > 0 ? 'it only says what must not be there' : 'there is no word in it', 0);
  return { parts, filters };
}

/** A sign alone, like & or -, is no word. */
function addPart(parts: QuestionPart[], part: QuestionPart): void {
  if (LETTER.test(part.text)) parts.push(part);
}

function filterOf(field: string, value: string, isBarred: boolean, at: number): Filter {
  if (value === '') throw new QuestionError(`${field}: has no value`, at);
  if (value.includes('\0')) throw new QuestionError(`${field}: has a character that no page has`, at);
  if (field !== 'before' && field !== 'after') {
    const written = value.toLowerCase();
    return { field: field as 'site', value: field === 'lang' ? languageOf(written) || written : written, isBarred };
  }
  const date = DATE.exec(value);
  const [, year = '', month = '01', day = '01'] = date ?? [];
  const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (date === null || Number.isNaN(time) || new Date(time).getUTCDate() !== Number(day))
    throw new QuestionError(`${field}: needs a date like 2026, 2026-11 or 2026-11-26`, at);
  if (isBarred)
    throw new QuestionError(`-${field}: is not possible; use ${field === 'before' ? 'after' : 'before'}:`, at);
  return { field, at: time };
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at += 1;
  return at;
}
