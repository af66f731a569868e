// Where text ends that is not markup: comments, raw text elements, scripts (HTML standard, sections 13.2.5.1 to 13.2.5.51). Each
// looks at a character once: a page of ten thousand comments must not be read ten thousand times.

const DASH = 0x2d;
const CLOSE = 0x3e;
const BANG = 0x21;

/** Behind the comment that begins at `open` (its `<`). */
export function commentEnd(text: string, open: number): number {
  // `<!-->` and `<!--->` are whole comments: the dashes of the opening count for the end, but not for `--!>`.
  for (let at = text.indexOf('--', open + 2); at >= 0; at = text.indexOf('--', at)) {
    const dashes = at;
    at += 2;
    while (text.charCodeAt(at) === DASH) at += 1;
    const code = text.charCodeAt(at);
    if (code === CLOSE) return at + 1;
    if (code === BANG && text.charCodeAt(at + 1) === CLOSE && (dashes > open + 2 || at >= open + 6)) return at + 2;
  }
  return text.length;
}

/** Where the end tag of a raw text or RCDATA element begins; the end of the text where there is none. */
export function rawTextEnd(text: string, element: string, from: number): number {
  for (let at = text.indexOf('</', from); at >= 0; at = text.indexOf('</', at + 2)) {
    if (isNamed(text, at + 2, element)) return at;
  }
  return text.length;
}

/**
 * Where a script's end tag begins. Inside `<!--`, a nested `<script` hides the next `</script`: pages of the last century put
 * scripts into comments, and the standard keeps them working.
 */
export function scriptEnd(text: string, from: number): number {
  const end = rawTextEnd(text, 'script', from);
  return text.slice(from, end).includes('<!--') ? escapedScriptEnd(text, from) : end;
}

function escapedScriptEnd(text: string, from: number): number {
  let state: 'plain' | 'escaped' | 'double' = 'plain';
  const marks = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi;
  marks.lastIndex = from;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const word = mark[0];
    if (word === '<!--') {
      // Its dashes may be those of `-->` too; only there do they count.
      if (state === 'plain') state = 'escaped';
      marks.lastIndex -= 2;
    } else if (word === '-->') {
      state = 'plain';
    } else if (word.charCodeAt(1) === 0x2f) {
      if (state !== 'double') return mark.index;
      state = 'escaped';
    } else if (state === 'escaped') {
      state = 'double';
    }
  }
  return text.length;
}

function isNamed(text: string, at: number, element: string): boolean {
  for (let i = 0; i < element.length; i += 1) {
    if ((text.charCodeAt(at + i) | 0x20) !== element.charCodeAt(i)) return false;
  }
  const code = text.charCodeAt(at + element.length);
  return code === CLOSE || code === 0x2f || isSpace(code);
}

/** Tab, line feed, form feed, carriage return, space. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b);
}
