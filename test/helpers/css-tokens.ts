// Finds the URLs of a style sheet by a slow and literal reading of CSS Syntax Level 3: first all tokens (section 4.3),
// then their meaning. The scanner in src/parse/css/css.ts is compared with it.

type Kind =
  | 'ident'
  | 'function'
  | 'at'
  | 'hash'
  | 'string'
  | 'bad-string'
  | 'url'
  | 'bad-url'
  | 'space'
  | 'number'
  | 'other';
interface Token {
  readonly kind: Kind;
  readonly value: string;
}

const HEX = /[0-9a-f]/i;
const isNameStart = (char: string): boolean => /[a-z_]/i.test(char) || (char !== '' && char > '\x7f');
const isName = (char: string): boolean => isNameStart(char) || /[0-9-]/.test(char);
const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\n';

const UNPRINTABLE = String.fromCharCode(
  ...Array.from({ length: 8 }, (_, i) => i + 1),
  0x0b,
  0x7f,
  ...Array.from({ length: 18 }, (_, i) => i + 0x0e),
);

class Tokenizer {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(text: string) {
    // Section 3.3: preprocessing.
    this.#chars = [...text.replace(/\r\n?|\f/g, '\n').replaceAll('\0', '\ufffd')];
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#chars.length) {
      if (this.#peek() === '/' && this.#peek(1) === '*') this.#comment();
      else tokens.push(this.#token());
    }
    return tokens;
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? '';
  }

  #comment(): void {
    this.#at += 2;
    while (this.#at < this.#chars.length && !(this.#peek() === '*' && this.#peek(1) === '/')) this.#at += 1;
    this.#at += 2;
  }

  #token(): Token {
    const char = this.#peek();
    if (isSpace(char)) {
      while (isSpace(this.#peek())) this.#at += 1;
      return { kind: 'space', value: ' ' };
    }
    if (char === '"' || char === "'") return this.#string();
    if (char === '#' && (isName(this.#peek(1)) || this.#isEscape(1))) {
      this.#at += 1;
      return { kind: 'hash', value: this.#name() };
    }
    if (this.#startsNumber()) return this.#number();
    if (char === '-' && this.#peek(1) === '-' && this.#peek(2) === '>') return this.#other(3);
    if (char === '<' && this.#chars.slice(this.#at, this.#at + 4).join('') === '<!--') return this.#other(4);
    if (char === '@' && this.#startsName(1)) {
      this.#at += 1;
      return { kind: 'at', value: this.#name().toLowerCase() };
    }
    return this.#startsName(0) ? this.#identLike() : this.#other(1);
  }

  #other(length: number): Token {
    const value = this.#chars.slice(this.#at, this.#at + length).join('');
    this.#at += length;
    return { kind: 'other', value };
  }

  #isEscape(ahead: number): boolean {
    return this.#peek(ahead) === '\\' && this.#peek(ahead + 1) !== '\n';
  }

  #startsName(ahead: number): boolean {
    if (this.#peek(ahead) === '-') {
      return isNameStart(this.#peek(ahead + 1)) || this.#peek(ahead + 1) === '-' || this.#isEscape(ahead + 1);
    }
    return isNameStart(this.#peek(ahead)) || this.#isEscape(ahead);
  }

  #startsNumber(): boolean {
    const from = /[+-]/.test(this.#peek()) ? 1 : 0;
    return /\d/.test(this.#peek(from)) || (this.#peek(from) === '.' && /\d/.test(this.#peek(from + 1)));
  }

  #number(): Token {
    const rest = this.#chars.slice(this.#at, this.#at + 400).join('');
    this.#at += /^[+-]?\d*(?:\.\d+)?(?:e[+-]?\d+)?/i.exec(rest)![0].length;
    if (this.#startsName(0)) this.#name();
    else if (this.#peek() === '%') this.#at += 1;
    return { kind: 'number', value: '' };
  }

  #name(): string {
    let name = '';
    for (;;) {
      if (isName(this.#peek())) {
        name += this.#peek();
        this.#at += 1;
      } else if (this.#isEscape(0)) name += this.#escape();
      else return name;
    }
  }

  #escape(): string {
    this.#at += 1;
    let digits = '';
    while (digits.length < 6 && HEX.test(this.#peek())) {
      digits += this.#peek();
      this.#at += 1;
    }
    if (digits === '') {
      const char = this.#peek();
      this.#at += 1;
      return char === '' ? '\ufffd' : char;
    }
    if (isSpace(this.#peek())) this.#at += 1;
    const code = Number.parseInt(digits, 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
  }

  #string(): Token {
    const quote = this.#peek();
    this.#at += 1;
    let value = '';
    for (;;) {
      const char = this.#peek();
      if (char === '') return { kind: 'string', value };
      if (char === quote) {
        this.#at += 1;
        return { kind: 'string', value };
      }
      if (char === '\n') return { kind: 'bad-string', value: '' };
      if (char !== '\\') {
        value += char;
        this.#at += 1;
      } else if (this.#peek(1) === '') this.#at += 1;
      else if (this.#peek(1) === '\n') this.#at += 2;
      else value += this.#escape();
    }
  }

  #identLike(): Token {
    const name = this.#name().toLowerCase();
    if (this.#peek() !== '(') return { kind: 'ident', value: name };
    this.#at += 1;
    if (name !== 'url') return { kind: 'function', value: name };
    while (isSpace(this.#peek()) && isSpace(this.#peek(1))) this.#at += 1;
    const next = isSpace(this.#peek()) ? this.#peek(1) : this.#peek();
    return next === '"' || next === "'" ? { kind: 'function', value: name } : this.#url();
  }

  #url(): Token {
    let value = '';
    while (isSpace(this.#peek())) this.#at += 1;
    for (;;) {
      const char = this.#peek();
      if (char === ')' || char === '') {
        this.#at += 1;
        return { kind: 'url', value };
      }
      if (isSpace(char)) {
        while (isSpace(this.#peek())) this.#at += 1;
        if (this.#peek() === ')' || this.#peek() === '') continue;
        return this.#badUrl();
      }
      if (`"'(`.includes(char) || UNPRINTABLE.includes(char)) return this.#badUrl();
      if (char !== '\\') {
        value += char;
        this.#at += 1;
      } else if (this.#peek(1) === '\n') return this.#badUrl();
      else value += this.#escape();
    }
  }

  #badUrl(): Token {
    while (this.#at < this.#chars.length && this.#peek() !== ')') {
      if (this.#isEscape(0)) this.#escape();
      else this.#at += 1;
    }
    this.#at += 1;
    return { kind: 'bad-url', value: '' };
  }
}

/** The URLs in order; those of imports have an `@` before them. A fragment alone does not count. */
export function cssLinksByTokens(text: string): string[] {
  const tokens = new Tokenizer(text).tokens();
  const found: string[] = [];
  const open: boolean[] = [];
  let at = 0;
  const tell = (url: string, mark = ''): void => {
    if (!/^$|^[\0- ]*#/.test(url)) found.push(mark + url);
  };
  const skipSpaces = (): void => {
    while (tokens[at]?.kind === 'space') at += 1;
  };
  /** The URL at this place, if there is one; its tokens are consumed. */
  const urlHere = (): string | null => {
    const token = tokens[at];
    if (token?.kind === 'url' || token?.kind === 'bad-url') {
      at += 1;
      return token.value;
    }
    if (token?.kind !== 'function' || (token.value !== 'url' && token.value !== 'src')) return null;
    at += 1;
    open.push(false);
    skipSpaces();
    if (tokens[at]?.kind !== 'string') return '';
    at += 1;
    return tokens[at - 1]!.value;
  };
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (token.kind === 'at' && (token.value === 'import' || token.value === 'namespace')) {
      at += 1;
      skipSpaces();
      if (token.value === 'namespace' && tokens[at]?.kind === 'ident') {
        at += 1;
        skipSpaces();
      }
      const isString = tokens[at]?.kind === 'string';
      const url = isString ? tokens[at]!.value : urlHere();
      if (isString) at += 1;
      if (token.value === 'import') tell(url ?? '', '@');
      continue;
    }
    const url = urlHere();
    if (url !== null) {
      tell(url);
      continue;
    }
    if (token.kind === 'function') open.push(token.value === 'image-set' || token.value === '-webkit-image-set');
    else if (token.value === '(' && token.kind === 'other') open.push(false);
    else if (token.value === ')' && token.kind === 'other') open.pop();
    else if (token.kind === 'string' && open.at(-1) === true) tell(token.value);
    at += 1;
  }
  return found;
}
