// Where text ends that is not markup: comments, raw text elements, scripts (HTML standard, sections 13.2.5.1 to 13.2.5.51).

/** Behind the comment that begins at `open` (its `<`). */
export function commentEnd(text: string, open: number): number {
  // `<!-->` and `<!--->` are whole comments: the dashes of the opening count for the end.
  const plain = text.indexOf('-->', open + 2);
  const bang = text.indexOf('--!>', open + 4);
  if (plain < 0 && bang < 0) return text.length;
  return bang >= 0 && (plain < 0 || bang < plain) ? bang + 4 : plain + 3;
}

/** Where the end tag of a raw text or RCDATA element begins; the end of the text where there is none. */
export function rawTextEnd(text: string, element: string, from: number): number {
  for (let at = text.indexOf('</', from); at >= 0; at = text.indexOf('</', at + 2)) {
    if (isNamed(text, at + 2, element)) return at;
  }
  return text.length;
}

/**
 * Where a script's end tag begins. Inside `<!--`, a nested `<script` hides the next `</script`: pages of the last century put
 * scripts into comments, and the standard keeps them working.
 */
export function scriptEnd(text: string, from: number): number {
  let state: 'plain' | 'escaped' | 'double' = 'plain';
  let at = from;
  const marks = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi;
  for (;;) {
    marks.lastIndex = at;
    const mark = marks.exec(text);
    if (mark === null) return text.length;
    const word = mark[0];
    at = mark.index + word.length;
    if (word === '<!--') {
      if (state === 'plain') state = 'escaped';
      // Its dashes may be those of `-->` too.
      at -= 2;
    } else if (word === '-->') {
      state = 'plain';
    } else if (word.charCodeAt(1) === 0x2f) {
      if (state !== 'double') return mark.index;
      state = 'escaped';
    } else if (state === 'escaped') {
      state = 'double';
    }
  }
}

function isNamed(text: string, at: number, element: string): boolean {
  for (let i = 0; i < element.length; i += 1) {
    if ((text.charCodeAt(at + i) | 0x20) !== element.charCodeAt(i)) return false;
  }
  const code = text.charCodeAt(at + element.length);
  return (
    code === 0x3e || code === 0x2f || code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0c || code === 0x0d
  );
}
