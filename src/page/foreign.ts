// Text that came from a site. It may be long, and it may hold characters that hide or reorder what stands around them.

/** Controls, the marks that reorder text, and what breaks or joins lines without being seen. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u200b-\u200d\u2028\u2029\u2060\ufeff]/gu;
const SHOWN_MAX = 300;

/** The text with each unseen character as a symbol, cut if it is long. */
export function shown(text: string, most = SHOWN_MAX): string {
  const cut = text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text.toWellFormed();
  return cut.replace(UNSEEN, symbolOf);
}

function symbolOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `\u2039U+${code.toString(16).toUpperCase().padStart(4, '0')}\u203a`;
}

/** The beginning and the end of a URL. A narrow place cuts the beginning, so that the end stays visible. */
export function halves(url: string): readonly [beginning: string, end: string] {
  const text = shown(url, 2_000);
  const at = Math.max(0, text.length - Math.min(28, Math.floor(text.length / 2)));
  return [text.slice(0, at), text.slice(at)];
}
