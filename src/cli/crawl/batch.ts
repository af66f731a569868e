// --batch: JSON Lines in, JSON Lines out. Each line gets one answer line, in order; a line that cannot be answered gets
// an error. Only the lines of one read are held, so a batch may have any length. All lines of a read are answered
// before the next read, so a client may send one line at a time and wait for its answer.

import type { Readable } from 'node:stream';
import { UsageError } from '../../base/errors.ts';
import { BATCH_LINE_LENGTH_MAX, EXPORT_CHUNK_LENGTH } from '../../base/limits.ts';
import { plainJson } from '../plain.ts';
import { print, type Shell } from '../shell.ts';

export const BATCH = ['--batch', 'read JSON Lines from stdin and answer each with a line'] as const;

/** The fields of one line of a batch. */
export type Fields = Readonly<Record<string, unknown>>;
/** Answers a line; a UsageError becomes the error for this line. */
export type Answer = (fields: Fields) => object | Promise<object>;

/** Answers every line of stdin on stdout, no faster than stdout accepts it. */
export async function runBatch(shell: Shell, given: readonly string[], answer: Answer): Promise<void> {
  if (given.length > 0) {
    throw new UsageError(`--batch reads from stdin: leave out ${JSON.stringify(given[0])}, or leave out --batch.`);
  }
  let written = '';
  const flush = async (): Promise<void> => {
    const text = written;
    written = '';
    if (text !== '') await print(shell, text);
  };
  for await (const lines of linesOf(shell.in)) {
    for (const line of lines) {
      const answered = answerTo(line, answer);
      // An answer that took time is written at once.
      const isSlow = answered instanceof Promise;
      written += `${plainJson(JSON.stringify(await answered))}\n`;
      if (isSlow || written.length >= EXPORT_CHUNK_LENGTH) await flush();
    }
    await flush();
  }
}

/** The lines that each read completes. */
export async function* linesOf(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let unfinished = '';
  for await (const chunk of input) {
    const pieces = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n');
    // Of a line that is too long only enough is kept to see that it is.
    pieces[0] = unfinished.length > BATCH_LINE_LENGTH_MAX ? unfinished : unfinished + pieces[0];
    unfinished = pieces.pop()!;
    if (pieces.length > 0) yield pieces;
  }
  unfinished += decoder.decode();
  if (unfinished !== '') yield [unfinished];
}

function answerTo(line: string, answer: Answer): object | Promise<object> {
  try {
    const answered = answer(fieldsOf(line));
    return answered instanceof Promise ? answered.catch(errorAnswer) : answered;
  } catch (error) {
    return errorAnswer(error);
  }
}

function errorAnswer(error: unknown): object {
  if (error instanceof UsageError) return { error: error.message };
  throw error;
}

function fieldsOf(line: string): Fields {
  if (line.length > BATCH_LINE_LENGTH_MAX) {
    throw new UsageError(`The line has more than ${BATCH_LINE_LENGTH_MAX} characters.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new UsageError('The line is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('The line is not a JSON object.');
  }
  return value as Fields;
}

/** A required field. */
export function textField(fields: Fields, name: string): string {
  const text = optionalField(fields, name);
  if (text === undefined) throw new UsageError(`The line has no field ${JSON.stringify(name)}.`);
  return text;
}

/** A field that may be missing or null. */
export function optionalField(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new UsageError(`${name}: ${JSON.stringify(value).slice(0, 100)} is not a text.`);
}

/**
 * The bytes of a body. The field `name` has its text, to be encoded in UTF-8; `nameBase64` has the bytes themselves.
 */
export function bytesField(fields: Fields, name: string): { readonly bytes: Uint8Array; readonly isText: boolean } {
  const coded = optionalField(fields, `${name}Base64`);
  if (coded === undefined) return { bytes: Buffer.from(textField(fields, name)), isText: true };
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(coded)) throw new UsageError(`${name}Base64: this is not base64.`);
  return { bytes: Buffer.from(coded, 'base64'), isText: false };
}
