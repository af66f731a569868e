// New ids without gaps: the rank of each id among all. It is a set of bits with the number of ids before each word, so
// an id takes two bits.

const BITS = 32;
const WORDS_MIN = 1024;

export interface Ranks {
  /** Each id is higher than the one before. */
  add(id: number): void;
  /** 1 for the lowest id. Throws if the id was not added. */
  rankOf(id: number): number;
  readonly size: number;
}

export function createRanks(): Ranks {
  let words = new Uint32Array(WORDS_MIN);
  /** How many ids are in the words before each one; it is written for words up to the last one with an id. */
  let before = new Uint32Array(WORDS_MIN);
  let last = -1;
  let lastWord = 0;
  let size = 0;

  const growTo = (word: number): void => {
    if (word < words.length) return;
    const length = Math.max(word + 1, words.length * 2);
    const [moreWords, moreBefore] = [new Uint32Array(length), new Uint32Array(length)];
    moreWords.set(words);
    moreBefore.set(before);
    words = moreWords;
    before = moreBefore;
  };
  return {
    add(id) {
      if (id <= last) throw new Error(`store: id ${id} comes after ${last}`);
      const word = Math.floor(id / BITS);
      growTo(word);
      if (word > lastWord) before.fill(size, lastWord + 1, word + 1);
      words[word]! |= 1 << (id % BITS);
      lastWord = word;
      last = id;
      size += 1;
    },
    rankOf(id) {
      const word = Math.floor(id / BITS);
      const bits = words[word] ?? 0;
      const bit = id % BITS;
      if (((bits >>> bit) & 1) === 0) throw new Error(`store: no row has the id ${id}`);
      // The bits up to and including that of the id.
      return before[word]! + onesIn(bits << (BITS - 1 - bit));
    },
    get size() {
      return size;
    },
  };
}

/** The number of bits that are set. */
function onesIn(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
