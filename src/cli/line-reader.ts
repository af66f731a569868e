// Reads the lines of a file or of stdin, for every command that takes lines: in bounded memory, whatever a line is.

export interface InputLine {
  /** Counted from 1. */
  readonly number: number;
  /** Of a line that is too long only the beginning. */
  readonly text: string;
  readonly isTooLong: boolean;
}

/** The lines that each read completes. They end as on any system. */
export async function* inputLines(
  input: AsyncIterable<Uint8Array>,
  lengthMax: number,
): AsyncGenerator<readonly InputLine[]> {
  let number = 0;
  let unfinished = '';
  let wasReturn = false;
  const lineOf = (text: string): InputLine => {
    number += 1;
    const isTooLong = text.length > lengthMax;
    return { number, text: isTooLong ? text.slice(0, lengthMax) : text, isTooLong };
  };
  for await (const text of textsOf(input)) {
    if (text === '') continue;
    // A read may end between the two characters of one line end.
    const pieces = (wasReturn && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/);
    wasReturn = text.endsWith('\r');
    // Of a line that is too long only enough is kept to see that it is.
    if (unfinished.length <= lengthMax) pieces[0] = unfinished + pieces[0];
    else pieces[0] = unfinished;
    unfinished = pieces.pop()!.slice(0, lengthMax + 1);
    if (pieces.length > 0) yield pieces.map(lineOf);
  }
  if (unfinished !== '') yield [lineOf(unfinished)];
}

/** UTF-8, or UTF-16 if it has a byte order mark, as some systems write. */
async function* textsOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let first: Uint8Array | null = null;
  for await (const chunk of input) {
    const bytes: Uint8Array = first === null ? chunk : Buffer.concat([first, chunk]);
    first = null;
    // One byte does not show its encoding; of a mark in UTF-8 it is no less the first.
    if (decoder === null && bytes.length < 2 && (bytes[0] ?? 0xff) >= 0xfe) first = bytes;
    else {
      decoder ??= new TextDecoder(encodingOf(bytes));
      yield decoder.decode(bytes, { stream: true });
    }
  }
  decoder ??= new TextDecoder();
  yield decoder.decode(first ?? new Uint8Array(0));
}

function encodingOf([a, b]: Uint8Array): string {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
}
