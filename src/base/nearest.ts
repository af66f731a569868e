// Guesses which name was meant by an unknown one.

/** Names that differ in more than a third of their letters are not typing errors of each other. */
const LETTERS_A_SLIP = 3;

/** The nearest known name, in any case; null if none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const written = name.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(written.length / LETTERS_A_SLIP)) + 1;
  for (const each of known) {
    const slips = slipsBetween(written, each.toLowerCase(), least);
    if (slips >= least) continue;
    best = each;
    least = slips;
  }
  return best;
}

/** The number of extra, missing, wrong or swapped letters; not counted beyond `most`. */
function slipsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      let slips = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, before[j - 2]! + 1);
      row.push(slips);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
