// Text as Markdown (CommonMark 0.31). Text of a page stays text, even if it looks like Markdown. Pure.

import { changedInPieces } from '../../base/changed-in-pieces.ts';

/** Control characters except tab and line feed, and the characters that change the text direction. */
const CONTROLS = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;
/**
 * Signs that may have a meaning in Markdown. The next text may continue what this text ends with. In the dialects of
 * Pandoc and kramdown, braces after a code span, a link or a paragraph give it attributes, or make it HTML.
 */
const INLINE = /[\\`*[\]~]|_|<(?=\S|$)|&(?=#?\w*(?:;|$))|(?<![^{])\{|\{(?=[{%:=#.]|\s*[\w:-]*(?:=|$))/g;
const AT_LINE_START = /^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=(?==*\s*$)|[-:|](?=[-:| ]*$))/;
const NUMBERED = /^(\d{1,9})([.)])(?=\s|$)/;
/** Characters that must be escaped in a link target. */
const UNSAFE_IN_LINK = /[\s<>\\"`|[\]^{}]|[^\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/gu;
/** A link that needs no escaping, as most do not. */
const PLAIN_LINK = /^https?:[\w/.#%&=?~+:,@!$'()-]*$/;
const LANGUAGE = /^[\w+#.-]{1,30}$/;

/**
 * What is not ASCII words with single spaces, which need no white space changes. Most text has nothing of it. It is
 * searched for, because to match the whole of a very long text takes more stack than there is.
 */
const NOT_PLAIN = /[^ -~]| {2}/;
/** The same with any white space. */
const NOT_NEARLY_PLAIN = /[^\s!-~]/;
/** Any sign that may need escaping. */
const SIGNS = /[\\`*[\]~_<&{]/;

/** Makes all white space one space, replaces control characters and removes soft hyphens. */
export function plainText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return changedInPieces(text, isBehindWord, spaced);
}

/** Behind any sign that is no white space, no soft hyphen, and no half of another one. */
function isBehindWord(text: string, at: number): boolean {
  return /[^\s\u00ad\ud800-\udbff]/.test(text[at - 1]!);
}

function spaced(text: string): string {
  if (!NOT_NEARLY_PLAIN.test(text)) return text.replace(/\s+/g, ' ');
  return text
    .replaceAll('\u00ad', '')
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(CONTROLS, '\ufffd')
    .toWellFormed();
}

/** Escapes a piece of a paragraph that `plainText` has returned. */
export function escapeText(text: string): string {
  if (!SIGNS.test(text)) return text;
  return changedInPieces(text, isBetweenSigns, (piece) =>
    piece.replace(INLINE, (sign, at: number) => {
      // An underscore inside a word has no meaning.
      if (sign === '_' && isWord(piece, at - 1) && isWord(piece, at + 1)) return sign;
      return sign === '&' ? '&amp;' : `\\${sign}`;
    }),
  );
}

/** Between signs that are escaped whatever is around them. */
function isBetweenSigns(text: string, at: number): boolean {
  return /[\\`*[\]~<]/.test(text[at - 1]!) && /[\\`*[\]~]/.test(text[at]!);
}

/** Escapes the start of an escaped line, so that it begins no list, heading or quote. */
export function escapeLine(line: string): string {
  if (!/^[-#+>=:|\d]/.test(line)) return line;
  return line.replace(AT_LINE_START, '\\$1').replace(NUMBERED, '$1\\$2');
}

/** The text unchanged, between enough backticks; empty for an empty text. */
export function codeSpan(text: string): string {
  const code = plainText(text);
  if (code.trim() === '') return code;
  const fence = '`'.repeat(longestRun(code) + 1);
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** A code block. An invalid `language` is left out. */
export function codeBlock(text: string, language: string): string {
  const code = text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '\ufffd')
    .toWellFormed()
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd();
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${fence}${LANGUAGE.test(language) ? language : ''}\n${code}\n${fence}`;
}

/** The target of a link or an image; null if it leads to no page and no file. */
export function linkTarget(url: string): string | null {
  if (PLAIN_LINK.test(url) && hasBalance(url)) return url;
  if (!/^(?:https?|ftp|mailto):/.test(url)) return null;
  const safe = url.toWellFormed().replace(UNSAFE_IN_LINK, (sign) => percent(sign));
  const isolated = safe.replace(/&(?=#?\w+;)/g, '&amp;');
  return hasBalance(isolated) ? isolated : isolated.replace(/[()]/g, percent);
}

function percent(sign: string): string {
  return encodeURIComponent(sign).replace(/[()]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Balanced brackets are allowed in a target (CommonMark, section 6.3). */
function hasBalance(url: string): boolean {
  if (!url.includes('(') && !url.includes(')')) return true;
  let open = 0;
  for (const sign of url) {
    if (sign === '(') open += 1;
    if (sign === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

function longestRun(text: string): number {
  if (!text.includes('`')) return 0;
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** Whether the character there is a letter or a digit. */
export function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[at] ?? '');
}
