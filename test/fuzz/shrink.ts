// Makes a failing input small: takes out ever smaller stretches as long as what is left still fails.

/** Attempts after which what was reached is good enough. */
const ATTEMPTS_MAX = 20_000;

export async function shrunk(input: string, fails: (input: string) => Promise<boolean>): Promise<string> {
  let text = input;
  let attempts = 0;
  for (let hasShrunk = true; hasShrunk && attempts < ATTEMPTS_MAX; ) {
    hasShrunk = false;
    for (let length = text.length >> 1; length > 0; length >>= 1) {
      for (let at = 0; at < text.length && attempts < ATTEMPTS_MAX; ) {
        attempts += 1;
        const shorter = text.slice(0, at) + text.slice(at + length);
        if (await fails(shorter)) {
          text = shorter;
          hasShrunk = true;
        } else at += length;
      }
    }
  }
  return text;
}
