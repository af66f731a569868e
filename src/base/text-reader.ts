// Reads a text from left to right by sticky patterns.

/** What the pattern matches where the reader is; the reader then goes on behind it. Null if it does not match there. */
export type TextReader = (pattern: RegExp) => RegExpExecArray | null;

/** Each pattern it is given must have the flag `y`. */
export function createTextReader(text: string): TextReader {
  let at = 0;
  return (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
}
