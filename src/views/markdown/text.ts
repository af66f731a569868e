// Text as Markdown (CommonMark 0.31): what a page says stays text, whatever it looks like. Pure.

/** Controls but tabs and line feeds, and the marks that turn text round. */
const CONTROLS = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;
/** What follows a text may go on with what it ends in. */
const INLINE = /[\\`*[\]~]|_|<(?=\S|$)|&(?=#?\w*(?:;|$))/g;
const AT_LINE_START = /^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=(?==*\s*$)|[-:|](?=[-:| ]*$))/;
const NUMBERED = /^(\d{1,9})([.)])(?=\s|$)/;
/** What may not stand in the target of a link as it is. */
const UNSAFE_IN_LINK = /[\s<>\\"`|[\]^{}]|[^\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/gu;
/** Most links are. */
const PLAIN_LINK = /^https?:[\w/.#%&=?~+:,@!$'()-]*$/;
const LANGUAGE = /^[\w+#.-]{1,30}$/;

/** Most text is: words with a space between, in ASCII. */
const PLAIN = /^(?:[!-~]| (?! ))*$/;
/** The same with white space of any kind. */
const NEARLY_PLAIN = /^[\s!-~]*$/;
/** Any sign that might have to be escaped. */
const SIGNS = /[\\`*[\]~_<&]/;

/** White space is one space, controls are gone, and so are places where a word might be cut. */
export function plainText(text: string): string {
  if (PLAIN.test(text)) return text;
  if (NEARLY_PLAIN.test(text)) return text.replace(/\s+/g, ' ');
  return text
    .replaceAll('\u00ad', '')
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(CONTROLS, '\ufffd')
    .toWellFormed();
}

/** A piece of a paragraph, already plain. */
export function escapeText(text: string): string {
  if (!SIGNS.test(text)) return text;
  return text.replace(INLINE, (sign, at: number) => {
    // Inside a word an underscore is just one.
    if (sign === '_' && isWord(text, at - 1) && isWord(text, at + 1)) return sign;
    return sign === '&' ? '&amp;' : `\\${sign}`;
  });
}

/** A line of a paragraph that is escaped so far: it begins no list, no heading, no quote. */
export function escapeLine(line: string): string {
  if (!/^[-#+>=:|\d]/.test(line)) return line;
  return line.replace(AT_LINE_START, '\\$1').replace(NUMBERED, '$1\\$2');
}

/** Text that stays as it is, between as many backticks as it takes; empty for nothing. */
export function codeSpan(text: string): string {
  const code = plainText(text);
  if (code.trim() === '') return code;
  const fence = '`'.repeat(longestRun(code) + 1);
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** `language` is left out where it is none. */
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

/** The target of a link or an image; null for what leads to no page and to no file. */
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

/** Brackets that fit each other are allowed there (section 6.3). */
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

/** Whether a letter or a digit stands there. */
export function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[at] ?? '');
}
