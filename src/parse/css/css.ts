// Finds the URLs of a style sheet by the tokens of CSS Syntax Level 3 (section 4.3). It looks only at what can begin or
// end a token: quotes, comments, escapes, brackets and at-rules. The name before a bracket tells the function, so names
// are read only there. No input makes it throw, recurse, or read a stretch twice.

import { CSS_NESTING_MAX } from '../../base/limits.ts';
import {
  afterNewline,
  escapeEnd,
  isNewline,
  isSpaceCode,
  NAME_LENGTH_MAX,
  nameEnd,
  nameStart,
  unescaped,
} from './escapes.ts';
import { afterComment, afterGaps, afterSpaces } from './gaps.ts';

/**
 * `isImport`: an imported style sheet; otherwise an image, a font or the like. The URL is as written, with its escapes
 * resolved. `start` and `end` are its place in the text, inside its quotes.
 */
export type OnCssUrl = (url: string, isImport: boolean, start: number, end: number) => void;

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const OPEN = 0x28;
const CLOSE = 0x29;
const STAR = 0x2a;
const SLASH = 0x2f;
const AT = 0x40;
const HASH = 0x23;
const BACKSLASH = 0x5c;

const MATTERS = new Uint8Array(128);
for (const code of [DOUBLE_QUOTE, SINGLE_QUOTE, OPEN, CLOSE, SLASH, AT, BACKSLASH]) MATTERS[code] = 1;

/** A longer string or address is not looked at: only its end is searched for. */
const TOKEN_LENGTH_MAX = 64 * 1024;

const IMAGE_SETS = new Set(['image-set', '-webkit-image-set']);
const URLS = new Set(['url', 'src']);

/**
 * Whether the URL is only a fragment. It then refers to the page that uses the style, wherever the style sheet is (CSS
 * Values Level 4, section 4.5.2).
 */
export function isLocal(url: string): boolean {
  return /^[\0- ]*#/.test(url);
}

/** Finds all URLs of a style sheet, or of the value of a style attribute. */
export function cssLinks(text: string, onUrl: OnCssUrl): void {
  new CssScan(text, onUrl).run(Number.POSITIVE_INFINITY);
}

/** A scan that can be interrupted between two tokens, and within one that is too long to be an address. */
export class CssScan {
  readonly #text: string;
  readonly #onUrl: OnCssUrl;
  #at = 0;
  /** For each open round bracket: whether strings in it are images. */
  readonly #open: boolean[] = [];
  /** The number of open brackets beyond the limit. */
  #openMore = 0;
  /** The last name with an escape in it: where it begins, and where its last escape ends. */
  #nameStart = -1;
  #escapeEnd = -1;
  /** The end of a name that was handled already: a bracket there does not make it a function. */
  #nameDone = -1;
  /** Whether the last string has its closing quote. */
  #isClosed = false;
  /** Whether the address being read leads nowhere. */
  #isMuted = false;
  /** What ends the string or address that is being skipped: its quote, or a bracket; 0 if none is. */
  #skippedTo = 0;

  constructor(text: string, onUrl: OnCssUrl) {
    this.#text = text;
    this.#onUrl = onUrl;
  }

  /** Reads on for about this many characters. Returns whether the end is reached. */
  run(length: number): boolean {
    const text = this.#text;
    const until = Math.min(text.length, this.#at + length);
    let at = this.#skip(this.#at, until);
    while (at < until) {
      const code = text.charCodeAt(at);
      at = code < 128 && MATTERS[code] === 1 ? this.#skip(this.#token(code, at), until) : at + 1;
    }
    this.#at = at;
    return at >= text.length;
  }

  /** Skips to the end of the token that is being skipped, or to `until`. */
  #skip(from: number, until: number): number {
    const text = this.#text;
    const last = this.#skippedTo;
    let at = from;
    for (; last !== 0 && at < until; at += 1) {
      const code = text.charCodeAt(at);
      const isBroken = last !== CLOSE && isNewline(code);
      if (code === last || isBroken) {
        this.#skippedTo = 0;
        return isBroken ? at : at + 1;
      }
      if (code !== BACKSLASH) continue;
      if (!isNewline(text.charCodeAt(at + 1))) at += 1;
      else if (last !== CLOSE) at = afterNewline(text, at + 1) - 1;
    }
    return at;
  }

  /** Skips the rest of an address that is none, or is too long. */
  #skipUrl(at: number): number {
    this.#skippedTo = CLOSE;
    return at;
  }

  #token(code: number, at: number): number {
    const text = this.#text;
    switch (code) {
      case SLASH:
        return text.charCodeAt(at + 1) === STAR ? afterComment(text, at) : at + 1;
      case BACKSLASH:
        return this.#escape(at);
      case AT:
        return this.#atRule(at + 1);
      case OPEN:
        return this.#bracket(at);
      case CLOSE:
        if (this.#openMore > 0) this.#openMore -= 1;
        else this.#open.pop();
        return at + 1;
      default: {
        const end = this.#stringEnd(at);
        // Each string directly in image-set is an image. The strings of a `type()` in it stand in brackets of their
        // own.
        if (this.#open.at(-1) === true && this.#openMore === 0) this.#string(at, end, false);
        return end;
      }
    }
  }

  /** An escaped character begins and ends nothing, and may be part of a name. */
  #escape(at: number): number {
    const text = this.#text;
    if (isNewline(text.charCodeAt(at + 1))) return at + 1;
    const start = nameStart(text, at, Math.max(this.#escapeEnd, this.#nameDone));
    if (start !== this.#escapeEnd || this.#nameStart < 0) this.#nameStart = start;
    this.#escapeEnd = escapeEnd(text, at);
    return this.#escapeEnd;
  }

  #bracket(at: number): number {
    const name = this.#nameBefore(at);
    if (URLS.has(name)) return this.#url(at + 1, false, name === 'url');
    this.#push(IMAGE_SETS.has(name));
    return at + 1;
  }

  /** The function name before the bracket at `at`, in lower case; empty if there is none. */
  #nameBefore(at: number): string {
    if (at === this.#nameDone) return '';
    const text = this.#text;
    let start = nameStart(text, at, Math.max(this.#escapeEnd, this.#nameDone));
    const hasEscape = start === this.#escapeEnd && this.#nameStart >= 0;
    if (hasEscape) start = this.#nameStart;
    if (at - start > NAME_LENGTH_MAX) return '';
    const before = start > 0 ? text.charCodeAt(start - 1) : 0;
    // `#url(` is a hash and a bracket; `@url(` is an at-rule.
    if (before === HASH || before === AT) return '';
    const name = text.slice(start, at);
    return (hasEscape ? unescaped(name) : name).toLowerCase();
  }

  /** Reads from after `url(` and returns where to go on. */
  #url(from: number, isImport: boolean, mayBeUnquoted: boolean): number {
    const text = this.#text;
    // Inside an unquoted `url(` a comment would be part of the address.
    let at = mayBeUnquoted ? afterSpaces(text, from) : afterGaps(text, from);
    const quote = text.charCodeAt(at);
    if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
      const end = this.#stringEnd(at);
      this.#string(at, end, isImport);
      this.#push(false);
      return end;
    }
    if (!mayBeUnquoted) {
      this.#push(false);
      return from;
    }
    const start = at;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === CLOSE || isSpaceCode(code)) break;
      if (at - start > TOKEN_LENGTH_MAX) return this.#skipUrl(at);
      if (code === BACKSLASH && !isNewline(text.charCodeAt(at + 1))) at = escapeEnd(text, at) - 1;
      else if (isNoUrl(code)) return this.#skipUrl(at);
    }
    const end = Math.min(at, text.length);
    at = afterSpaces(text, end);
    if (at < text.length && text.charCodeAt(at) !== CLOSE) return this.#skipUrl(at);
    this.#tell(unescaped(text.slice(start, end)), isImport, start, end);
    return at + 1;
  }

  #atRule(from: number): number {
    const text = this.#text;
    const end = nameEnd(text, from);
    this.#nameDone = end;
    if (end - from > NAME_LENGTH_MAX) return end;
    const name = unescaped(text.slice(from, end)).toLowerCase();
    if (name === 'import') return this.#prelude(end, true);
    return name === 'namespace' ? this.#prelude(this.#afterPrefix(end), null) : end;
  }

  /** Skips the prefix that a namespace may have before its address. */
  #afterPrefix(from: number): number {
    const text = this.#text;
    const start = afterGaps(text, from);
    const end = nameEnd(text, start);
    return text.charCodeAt(end) === OPEN ? from : end;
  }

  /** Reads the address at the beginning of an at-rule. `isImport` is null if it leads nowhere. */
  #prelude(from: number, isImport: true | null): number {
    const text = this.#text;
    const start = afterGaps(text, from);
    const code = text.charCodeAt(start);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const end = this.#stringEnd(start);
      if (isImport !== null) this.#string(start, end, true);
      return end;
    }
    const end = nameEnd(text, start);
    this.#nameDone = end;
    if (text.charCodeAt(end) !== OPEN || end - start > NAME_LENGTH_MAX) return end;
    const name = unescaped(text.slice(start, end)).toLowerCase();
    if (!URLS.has(name)) {
      // Any other function is handled as a function.
      this.#push(IMAGE_SETS.has(name));
      return end + 1;
    }
    this.#isMuted = isImport === null;
    const after = this.#url(end + 1, true, name === 'url');
    this.#isMuted = false;
    return after;
  }

  /**
   * The end of the string that begins at `start`: after its closing quote, or before the line end that makes it
   * invalid.
   */
  #stringEnd(start: number): number {
    const text = this.#text;
    const quote = text.charCodeAt(start);
    this.#isClosed = true;
    for (let at = start + 1; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code === quote) return at + 1;
      if (code === BACKSLASH)
        at = isNewline(text.charCodeAt(at + 1)) ? afterNewline(text, at + 1) : escapeEnd(text, at);
      else if (isNewline(code)) {
        this.#isClosed = false;
        return at;
      } else at += 1;
      if (at - start <= TOKEN_LENGTH_MAX) continue;
      this.#skippedTo = quote;
      this.#isClosed = false;
      return Math.min(at, text.length);
    }
    this.#isClosed = false;
    return text.length;
  }

  /** Reports the last string, between its quote and its end. A string that a line end cuts does not count. */
  #string(start: number, end: number, isImport: boolean): void {
    const text = this.#text;
    const isClosed = this.#isClosed;
    if (!isClosed && end < text.length) return;
    const last = isClosed ? end - 1 : end;
    this.#tell(unescaped(text.slice(start + 1, last), true), isImport, start + 1, last);
  }

  #tell(url: string, isImport: boolean, start: number, end: number): void {
    if (url !== '' && !this.#isMuted && !isLocal(url)) this.#onUrl(url, isImport, start, end);
  }

  #push(isImageSet: boolean): void {
    if (this.#open.length < CSS_NESTING_MAX) this.#open.push(isImageSet);
    else this.#openMore += 1;
  }
}

/** Whether the character makes an unquoted URL invalid: a quote, a bracket, or an unprintable character. */
function isNoUrl(code: number): boolean {
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === OPEN || code === BACKSLASH) return true;
  return (code > 0 && code <= 0x08) || code === 0x0b || (code >= 0x0e && code <= 0x1f) || code === 0x7f;
}
