// Where names, values and tags end in the text of a page (HTML standard, sections 13.2.5.32 to 13.2.5.40).

export const CLOSE = 0x3e;
export const SLASH = 0x2f;
export const EQUALS = 0x3d;
export const DOUBLE_QUOTE = 0x22;
export const SINGLE_QUOTE = 0x27;

export const SPACE = 1;
const END = 2;
// Characters that end an attribute's name; all are below 63.
export const CLASS = new Uint8Array(64);
for (const space of [0x09, 0x0a, 0x0c, 0x0d, 0x20]) CLASS[space] = SPACE;
for (const code of [SLASH, CLOSE, EQUALS]) CLASS[code] = END;

/** Where the attribute name that begins at `from` ends. An equals sign at its front belongs to the name. */
export function attributeNameEnd(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 64 && CLASS[code] !== 0) break;
  }
  return at;
}

export function unquotedEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === CLOSE || (code < 64 && CLASS[code] === SPACE)) break;
  }
  return at;
}

export function afterSpaces(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code >= 64 || CLASS[code] !== SPACE) break;
    at += 1;
  }
  return at;
}

/** The place after the `>` of a tag without wanted attributes, from after its name; -1 if the text ends first. */
export function tagEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === CLOSE) return at + 1;
    if (code === SLASH || (code < 64 && CLASS[code] === SPACE)) {
      at += 1;
      continue;
    }
    at = afterSpaces(text, attributeNameEnd(text, at));
    if (text.charCodeAt(at) !== EQUALS) continue;
    at = afterSpaces(text, at + 1);
    const quote = text.charCodeAt(at);
    if (quote !== DOUBLE_QUOTE && quote !== SINGLE_QUOTE) {
      at = unquotedEnd(text, at);
      continue;
    }
    at = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", at + 1) + 1;
    if (at === 0) return -1;
  }
  return -1;
}
