// Whether the scanner is inside svg or math, where script, style and title are ordinary elements and CDATA exists
// (HTML standard, section 13.2.6.5). A short stack of the elements that lead in and out again.

const INTEGRATION_POINTS: Readonly<Record<'svg' | 'math', ReadonlySet<string>>> = {
  svg: new Set(['foreignobject', 'desc', 'title']),
  math: new Set(['mi', 'mo', 'mn', 'ms', 'mtext', 'annotation-xml']),
};

/** Start tags that end foreign content: whoever writes them has forgotten to close it. */
const BREAKOUTS = new Set(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'.split(
    ' ',
  ),
);
const DEPTH_MAX = 512;

interface Entry {
  readonly element: string;
  /** The kind of content inside: foreign, or HTML again. */
  readonly inside: 'svg' | 'math' | 'html';
}

export class ForeignContent {
  readonly #stack: Entry[] = [];

  get isInside(): boolean {
    const top = this.#stack.at(-1);
    return top !== undefined && top.inside !== 'html';
  }

  /** Takes a start tag; true where it is foreign, so that its content is no raw text. */
  start(element: string, attributes: readonly string[], isSelfClosing: boolean): boolean {
    const top = this.#stack.at(-1);
    if (top === undefined || top.inside === 'html') {
      if (element !== 'svg' && element !== 'math') return false;
      if (!isSelfClosing) this.#push({ element, inside: element });
      return true;
    }
    if (BREAKOUTS.has(element) || (element === 'font' && hasFontAttribute(attributes))) {
      while (this.isInside) this.#stack.pop();
      return false;
    }
    if (isSelfClosing) return true;
    if (INTEGRATION_POINTS[top.inside].has(element)) this.#push({ element, inside: 'html' });
    else if (element === top.element) this.#push({ element, inside: top.inside });
    return true;
  }

  end(element: string): void {
    const stack = this.#stack;
    for (let i = stack.length - 1; i >= 0; i -= 1) {
      if (stack[i]!.element === element) {
        stack.length = i;
        return;
      }
    }
    if (this.isInside && (element === 'p' || element === 'br')) while (this.isInside) stack.pop();
  }

  #push(entry: Entry): void {
    if (this.#stack.length < DEPTH_MAX) this.#stack.push(entry);
  }
}

function hasFontAttribute(attributes: readonly string[]): boolean {
  return attributes.some((name, i) => i % 2 === 0 && (name === 'color' || name === 'face' || name === 'size'));
}
