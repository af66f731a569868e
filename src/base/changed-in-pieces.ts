// Changes long texts a piece at a time. V8 notes every match of a replacement before it makes the new text. In a text
// of eight million signs that all match, the matches take hundreds of megabytes.

const PIECE_LENGTH = 16 * 1024;

/** `mayCut` tells whether the text may be cut before `at`: no match goes across, and none depends on what is there. */
export function changedInPieces(
  text: string,
  mayCut: (text: string, at: number) => boolean,
  change: (piece: string) => string,
): string {
  if (text.length <= PIECE_LENGTH) return change(text);
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE_LENGTH);
    while (to < text.length && !mayCut(text, to)) to += 1;
    pieces.push(change(text.slice(from, to)));
    from = to;
  }
  return pieces.join('');
}
