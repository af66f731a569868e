// How an exchange goes through the ring: the length of its facts as a word, its facts as JSON, and its body. If that
// is too long for one entry, the first entry is the word alone, and the rest follows piece by piece. A body that is
// long in memory comes twice, because its record begins with its digest.

import { RING_ENTRY_BYTES_MAX, SPOOL_READ_BYTES } from '../base/limits.ts';
import { type Deposit, isLongInMemory } from './deposit.ts';
import type { BodySource } from './warc-writer.ts';

const WORD_BYTES = 4;

/** The entries of an exchange, each as the pieces that it is made of. */
export function* entriesOf(deposit: Deposit, body: Uint8Array): Generator<readonly Uint8Array[], undefined> {
  const facts = Buffer.from(JSON.stringify(deposit));
  const word = Buffer.allocUnsafe(WORD_BYTES);
  word.writeUInt32LE(facts.length);
  if (WORD_BYTES + facts.length + body.length <= RING_ENTRY_BYTES_MAX) {
    yield [word, facts, body];
    return;
  }
  yield [word];
  yield* slicesOf(facts);
  yield* slicesOf(body);
  if (isLongInMemory(deposit)) yield* slicesOf(body);
}

function* slicesOf(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let at = 0; at < bytes.length; at += SPOOL_READ_BYTES) yield [bytes.subarray(at, at + SPOOL_READ_BYTES)];
}

/** What takes the entries out of the ring, in order. */
export interface Entries {
  next(): Promise<Buffer>;
  /** The last entry is not needed any more. */
  free(): void;
}

export type Take = (deposit: Deposit, body: Uint8Array | BodySource) => Promise<unknown>;

/**
 * Gives the exchange that begins with `entry` to `take`. A short body is valid only until that call returns. Resolves
 * when all entries of the exchange are out of the ring.
 */
export function readExchange(entry: Buffer, entries: Entries, take: Take): Promise<void> | null {
  const factsBytes = entry.readUInt32LE(0);
  if (entry.length === WORD_BYTES) {
    entries.free();
    return readLong(factsBytes, entries, take);
  }
  const end = WORD_BYTES + factsBytes;
  void take(depositIn(entry.subarray(WORD_BYTES, end)), entry.subarray(end));
  entries.free();
  return null;
}

async function readLong(factsBytes: number, entries: Entries, take: Take): Promise<void> {
  const facts = await gathered(factsBytes, entries);
  const deposit = depositIn(facts);
  const { bodyBytes } = deposit;
  if (deposit.part !== '') return void take(deposit, Buffer.alloc(0));
  if (!isLongInMemory(deposit)) return void take(deposit, await gathered(bodyBytes, entries));
  let left = 2 * bodyBytes;
  const pieces = async function* (bytes: number): AsyncGenerator<Buffer> {
    for (let rest = bytes; rest > 0; ) {
      const piece = await entries.next();
      rest -= piece.length;
      left -= piece.length;
      try {
        yield piece;
      } finally {
        entries.free();
      }
    }
  };
  await take(deposit, () => pieces(bodyBytes));
  // A writer that has failed reads no further.
  for await (const _ of pieces(left));
}

async function gathered(bytes: number, entries: Entries): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; ) {
    const piece = await entries.next();
    at += piece.copy(whole, at);
    entries.free();
  }
  return whole;
}

function depositIn(facts: Buffer): Deposit {
  return JSON.parse(facts.toString()) as Deposit;
}
