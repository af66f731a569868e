// Words as numbers in the database. The numbers never change: a new word takes the next free number, and no number is
// used twice.

import type { Outcome } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';

/** The states of an outcome. A `queued` URL is a row of `queue`, and `leased` is only in memory. */
export type SettledState = 'done' | 'failed' | 'skipped';
type Truncation = NonNullable<Outcome['truncated']>;

export const STATES = codesOf<SettledState>({ done: 1, failed: 2, skipped: 3 });

export const TRUNCATIONS = codesOf<Truncation>({ length: 1, time: 2, disconnect: 3 });

/** HTTP/1.1 has none: it is what was spoken where nothing is said. */
export const PROTOCOLS = codesOf<'h2'>({ h2: 1 });

export const ERRORS = codesOf<ErrorCode>({
  'dns-not-found': 1,
  'dns-failure': 2,
  refused: 3,
  unreachable: 4,
  'connect-timeout': 5,
  'tls-timeout': 6,
  'tls-certificate': 7,
  'tls-protocol': 8,
  'first-byte-timeout': 9,
  'idle-timeout': 10,
  'min-rate': 11,
  reset: 12,
  disconnect: 13,
  'http-malformed': 14,
  'http-header-size': 15,
  decode: 16,
  'redirect-loop': 17,
  'redirect-limit': 18,
  machine: 19,
  aborted: 20,
  'tls-expired': 21,
  'tls-not-yet-valid': 22,
  'tls-wrong-host': 23,
  'tls-self-signed': 24,
  'tls-unknown-issuer': 25,
  'max-time': 26,
  'proxy-failed': 27,
  'proxy-auth': 28,
  'proxy-refused': 29,
  'not-processed': 30,
  'tls-incomplete-chain': 31,
});

export const REASONS = codesOf<SkipReason>({
  scope: 1,
  robots: 2,
  depth: 3,
  // 4 was a word that no job ever wrote.
  trap: 5,
  address: 6,
  port: 7,
  scheme: 8,
  nofollow: 9,
  'url-length': 10,
  budget: 11,
  excluded: 12,
  logout: 13,
  removed: 14,
});

export interface Codes<Word extends string> {
  /** Null stays null. Throws for a word without a code. */
  code(word: Word | null): number | null;
  /** Null stays null. Throws for a code without a word. */
  word(code: number | null): Word | null;
  readonly all: ReadonlyMap<Word, number>;
}

function codesOf<Word extends string>(table: Readonly<Record<Word, number>>): Codes<Word> {
  const all = new Map(Object.entries(table) as [Word, number][]);
  const words = new Map([...all].map(([word, code]) => [code, word]));
  return {
    all,
    code(word) {
      if (word === null) return null;
      const code = all.get(word);
      if (code === undefined) throw new Error(`store: no code for the word ${JSON.stringify(word)}`);
      return code;
    },
    word(code) {
      if (code === null) return null;
      const word = words.get(code);
      if (word === undefined) throw new Error(`store: no word for the code ${code}`);
      return word;
    },
  };
}
