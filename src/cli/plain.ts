// Makes text from the web safe for a terminal: it cannot move the cursor, ring, colour or rename a window.

/** C0 and C1 controls, DEL, and the marks that reorder text or break lines. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const NARROWLESS = /[\p{Mn}\p{Me}\p{Cf}]/u;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** The text on one line, without anything that a terminal obeys; each removed character becomes U+FFFD. */
export function plain(text: string): string {
  return text.replace(CONTROLS, '\ufffd').toWellFormed();
}

/** A text of several lines, each made harmless except for its tabs. */
export function plainLines(text: string): string {
  return text.replace(/[^\t\n]+/g, plain);
}

/** One line of JSON with the same meaning that a terminal can print: JSON itself escapes only the C0 controls. */
export function plainJson(line: string): string {
  return line.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** How many columns a plain text takes in a terminal. */
export function columnsOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** A plain text of at most this many columns; it ends in an ellipsis if it was cut. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

function widthOf(character: string): number {
  if (NARROWLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
