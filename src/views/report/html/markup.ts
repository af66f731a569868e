// Makes HTML. Only a template makes markup: every text that is put into one is escaped, so no page can add an element
// to a report.

/** A piece of HTML. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type Part = string | number | Markup | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Characters that nobody sees, or that reorder what stands around them; not those that scripts and emoji need. */
const UNSEEN = /(?![\u00ad\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The tag of a template: its own text is markup, and the values in it are text. */
export function html(markup: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(markup.map((text, at) => text + (at < values.length ? htmlOf(values[at]!) : '')).join(''));
}

export const NOTHING = new Markup('');

function htmlOf(value: Part): string {
  if (value instanceof Markup) return value.html;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  return value.map((part) => part.html).join('');
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);
}

/** The text with a sign for each character that nobody sees. */
export function visible(text: string): string {
  return text.toWellFormed().replace(UNSEEN, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return `\u2039U+${code.toString(16).toUpperCase().padStart(4, '0')}\u203a`;
  });
}

/** The text, or its beginning and its end if it is longer than that many characters. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`.toWellFormed();
}
