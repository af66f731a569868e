// A ring of bytes in shared memory: one thread puts entries in, another takes them out in the same order. No lock is
// needed, because each side moves only its own end. Each side can leave a note in the memory that it waits for the
// other; whoever finds the note wakes it up by a message.
//
// An entry is contiguous: its length as a word of 4 bytes, then its bytes. An entry that does not fit before the end of
// the memory begins again at 0, and a word says so.

/** The words before the bytes: both ends, as offsets, and the notes of both sides. */
const HEAD = 0;
const TAIL = 1;
const READER_WAITS = 2;
const WRITER_WAITS = 3;
const CONTROL_BYTES = 16;
const WORD_BYTES = 4;
const AGAIN_AT_0 = -1;

export interface RingWriter {
  /** Copies the pieces into one entry. False if there is no room for it now. */
  put(pieces: readonly Uint8Array[]): boolean;
  /** Whether the reader left a note that it waits for entries. The call removes the note. */
  takeReaderWaits(): boolean;
  /** Leaves the note that the writer waits for room. */
  noteWaits(): void;
}

export interface RingReader {
  /** The next entry, as a view of the ring, valid until `free`; null if there is none. */
  next(): Buffer | null;
  /** Gives the memory of the last entry back to the writer. */
  free(): void;
  takeWriterWaits(): boolean;
  noteWaits(): void;
}

/** Memory for entries of at most half of `bytes`. */
export function ringMemory(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BYTES + bytes);
}

export function ringWriter(memory: SharedArrayBuffer): RingWriter {
  const { control, words, bytes } = viewsOf(memory);
  const size = bytes.length;
  let head = 0;

  /** Where an entry can begin; null if there is no room. The ends never meet, because that would mean an empty ring. */
  const placeFor = (needed: number): number | null => {
    const tail = Atomics.load(control, TAIL);
    if (head < tail) return head + needed < tail ? head : null;
    if (head + needed + WORD_BYTES <= size) return head;
    if (needed >= tail) return null;
    words[head / WORD_BYTES] = AGAIN_AT_0;
    return 0;
  };
  return {
    put(pieces) {
      let length = 0;
      for (const piece of pieces) length += piece.length;
      const at = placeFor(entryBytes(length));
      if (at === null) return false;
      words[at / WORD_BYTES] = length;
      let to = at + WORD_BYTES;
      for (const piece of pieces) {
        bytes.set(piece, to);
        to += piece.length;
      }
      head = at + entryBytes(length);
      Atomics.store(control, HEAD, head);
      return true;
    },
    takeReaderWaits: () => Atomics.exchange(control, READER_WAITS, 0) === 1,
    noteWaits: () => void Atomics.store(control, WRITER_WAITS, 1),
  };
}

export function ringReader(memory: SharedArrayBuffer): RingReader {
  const { control, words, bytes } = viewsOf(memory);
  let tail = 0;
  return {
    next() {
      if (tail === Atomics.load(control, HEAD)) return null;
      if (words[tail / WORD_BYTES] === AGAIN_AT_0) tail = 0;
      const from = tail + WORD_BYTES;
      return bytes.subarray(from, from + words[tail / WORD_BYTES]!);
    },
    free() {
      tail += entryBytes(words[tail / WORD_BYTES]!);
      Atomics.store(control, TAIL, tail);
    },
    takeWriterWaits: () => Atomics.exchange(control, WRITER_WAITS, 0) === 1,
    noteWaits: () => void Atomics.store(control, READER_WAITS, 1),
  };
}

function viewsOf(memory: SharedArrayBuffer): { control: Int32Array; words: Int32Array; bytes: Buffer } {
  return {
    control: new Int32Array(memory, 0, CONTROL_BYTES / WORD_BYTES),
    words: new Int32Array(memory, CONTROL_BYTES),
    bytes: Buffer.from(memory, CONTROL_BYTES),
  };
}

/** The bytes of an entry with its length, in whole words. */
function entryBytes(length: number): number {
  return WORD_BYTES + Math.ceil(length / WORD_BYTES) * WORD_BYTES;
}
