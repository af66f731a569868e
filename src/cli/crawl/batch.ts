// --batch: JSON Lines in, JSON Lines out. Each line gets one answer line, in order; a line that cannot be answered gets
// an error. Only the lines of one read are held, so a batch may have any length. All lines of a read are answered
// before the next read, so a client may send one line at a time and wait for its answer.

import { UsageError } from '../../base/errors.ts';
import {
  BATCH_FRAME_LENGTH_MAX,
  BATCH_LINE_LENGTH_MAX,
  EXPORT_CHUNK_LENGTH,
  LINE_LENGTH_MAX,
} from '../../base/limits.ts';
import { createPauses } from '../../base/pauses.ts';
import { type InputLine, inputLines } from '../line-reader.ts';
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
  const pause = createPauses(shell.clock);
  for await (const lines of inputLines(shell.in, BATCH_LINE_LENGTH_MAX)) {
    for (const line of lines) {
      const answered = answerTo(line, answer);
      // An answer that took time is written at once.
      const isSlow = answered instanceof Promise;
      written += `${plainJson(JSON.stringify(await answered))}\n`;
      if (isSlow || written.length >= EXPORT_CHUNK_LENGTH) await flush();
      await pause();
    }
    await flush();
  }
}

function answerTo(line: InputLine, answer: Answer): object | Promise<object> {
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

function fieldsOf({ number, text, isTooLong }: InputLine): Fields {
  if (isTooLong) throw new UsageError(`Line ${number} has more than ${BATCH_LINE_LENGTH_MAX} characters.`);
  if (frameLengthOf(text) > BATCH_FRAME_LENGTH_MAX) {
    throw new UsageError(`Line ${number} has more than ${BATCH_FRAME_LENGTH_MAX} characters outside of its texts.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError('The line is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('The line is not a JSON object.');
  }
  return value as Fields;
}

/** How many characters are outside of texts. Numbers, lists and objects take far more time and memory than texts. */
function frameLengthOf(line: string): number {
  if (line.length <= BATCH_FRAME_LENGTH_MAX) return line.length;
  let length = 0;
  for (let at = 0; at < line.length; ) {
    const begin = line.indexOf('"', at);
    if (begin < 0) return length + line.length - at;
    length += begin - at;
    at = afterText(line, begin + 1);
  }
  return length;
}

/** The place after the quotation mark that ends the text which begins at `from`. */
function afterText(line: string, from: number): number {
  for (let at = from; ; ) {
    const end = line.indexOf('"', at);
    if (end < 0) return line.length;
    let escapes = end;
    while (escapes > at && line[escapes - 1] === '\\') escapes -= 1;
    at = end + 1;
    if ((end - escapes) % 2 === 0) return at;
  }
}

/** A required field. */
export function textField(fields: Fields, name: string): string {
  const text = optionalField(fields, name);
  if (text === undefined) throw new UsageError(`The line has no field ${JSON.stringify(name)}.`);
  return text;
}

/** A required field with a URL: longer than any is no URL, and reading it takes time. */
export function addressField(fields: Fields, name: string): string {
  const text = textField(fields, name);
  if (text.length <= LINE_LENGTH_MAX) return text;
  throw new UsageError(`${name}: ${text.length} characters are no URL.`);
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
