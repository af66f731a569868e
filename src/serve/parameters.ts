// Reads the parameters of a request. Whatever is typed is either understood, or refused by name.

import { ROWS_AN_ANSWER_MAX } from '../base/limits-of-serving.ts';
import { ApiError } from './failures.ts';

/** The query of a request; of a repeated name the last value. */
export type QueryFields = Readonly<Record<string, string>>;

/** A whole number; `usual` if there is none. Throws ApiError. */
export function wholeIn(query: QueryFields, name: string, usual: number, least: number, most: number): number {
  const text = query[name];
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new ApiError(
    400,
    'bad-parameter',
    `${name}: ${JSON.stringify(text)} is not a number from ${least} to ${most}.`,
  );
}

export function limitIn(query: QueryFields, usual: number): number {
  return wholeIn(query, 'limit', usual, 1, ROWS_AN_ANSWER_MAX);
}

export function wordIn<const W extends readonly string[]>(
  query: QueryFields,
  name: string,
  words: W,
  usual: W[number],
): W[number] {
  const text = query[name];
  if (text === undefined || text === '') return usual;
  if (words.includes(text)) return text;
  throw new ApiError(400, 'bad-parameter', `${name}: ${JSON.stringify(text)} is not one of ${words.join(', ')}.`);
}
