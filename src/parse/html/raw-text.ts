// Finds the end of text that is not markup: comments, raw text elements, scripts (HTML standard, sections 13.2.5.1 to
// 13.2.5.51). Each function looks at a character once: a page of ten thousand comments must not be read ten thousand
// times.

const DASH = 0x2d;
const CLOSE = 0x3e;
const BANG = 0x21;

/**
 * The place after the comment that begins at `open` (its `<`); -1 if the text ends first. `told` is called with both
 * places if the comment ends.
 */
export function commentEnd(text: string, open: number, told?: (open: number, end: number) => void): number {
  const end = endOfComment(text, open);
  if (end >= 0) told?.(open, end);
  return end;
}

function endOfComment(text: string, open: number): number {
  // `<!-->` and `<!--->` are whole comments: the opening dashes count towards the end, but not towards `--!>`.
  for (let at = text.indexOf('--', open + 2); at >= 0; at = text.indexOf('--', at)) {
    const dashes = at;
    at += 2;
    while (text.charCodeAt(at) === DASH) at += 1;
    const code = text.charCodeAt(at);
    if (code === CLOSE) return at + 1;
    if (code === BANG && text.charCodeAt(at + 1) === CLOSE && (dashes > open + 2 || at >= open + 6)) return at + 2;
  }
  return -1;
}

/** Where the end tag of a raw text or RCDATA element begins; -1 if the text ends first. */
export function rawTextEnd(text: string, element: string, from: number): number {
  for (let at = text.indexOf('</', from); at >= 0; at = text.indexOf('</', at + 2)) {
    if (isNamed(text, at + 2, element)) return at;
  }
  return -1;
}

/** How deep in comments a script is, and where to go on when more text comes. */
export interface ScriptState {
  state: 'plain' | 'escaped' | 'double';
  resume: number;
}

const SCRIPT_END_LENGTH = '</script'.length;

/**
 * Where a script's end tag begins; -1 if the text ends first. Inside `<!--`, a nested `<script` hides the next
 * `</script`. Pages of the 1990s put scripts into comments, and the standard keeps them working.
 */
export function scriptEnd(text: string, from: number, script: ScriptState, isLast: boolean): number {
  if (script.state === 'plain') {
    const end = rawTextEnd(text, 'script', from);
    if (end < 0 && isLast) return -1;
    if (end >= 0 && !text.slice(from, end).includes('<!--')) return end;
  }
  return escapedScriptEnd(text, from, script);
}

function escapedScriptEnd(text: string, from: number, script: ScriptState): number {
  const marks = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi;
  script.resume = from;
  marks.lastIndex = from;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const word = mark[0];
    if (word === '<!--') {
      // Its dashes may also be those of `-->`, but only there do they count.
      if (script.state === 'plain') script.state = 'escaped';
      marks.lastIndex -= 2;
    } else if (word === '-->') {
      script.state = 'plain';
    } else if (word.charCodeAt(1) === 0x2f) {
      if (script.state !== 'double') return mark.index;
      script.state = 'escaped';
    } else if (script.state === 'escaped') {
      script.state = 'double';
    }
    script.resume = marks.lastIndex;
  }
  script.resume = Math.max(script.resume, text.length - SCRIPT_END_LENGTH);
  return -1;
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

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The place after what was found at `index`; -1 if it was not found. */
export function after(index: number, length: number): number {
  return index < 0 ? -1 : index + length;
}
