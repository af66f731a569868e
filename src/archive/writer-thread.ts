// The thread that writes the archive: it takes exchanges out of the ring, gives them to a writer, and reports their
// places. The other side is thread-writer.ts.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import type { ArchivePlace } from '../base/contracts.ts';
import { EXCHANGES_A_NOTICE } from '../base/limits.ts';
import { type SentError, sentError } from '../base/thread-error.ts';
import { ringReader } from './ring.ts';
import { readExchange, type Take } from './ring-exchange.ts';
import { roomInThread, type WorkAnswer, type WorkNews } from './room-across.ts';
import { createWarcWriter, type WarcWriter, type WriterSettings, type WriterState } from './warc-writer.ts';

export type ToThread =
  | { readonly kind: 'begin'; readonly settings: WriterSettings; readonly state: WriterState }
  /** There is more in the ring. */
  | { readonly kind: 'more' }
  /** Nothing more comes. */
  | { readonly kind: 'close' }
  | WorkAnswer;

export type FromThread =
  | { readonly kind: 'ready' }
  /** There is room in the ring. */
  | { readonly kind: 'room' }
  | { readonly kind: 'places'; readonly places: readonly PlacesInFile[] }
  | { readonly kind: 'failed'; readonly exchange: number; readonly error: SentError }
  | { readonly kind: 'closed'; readonly error: SentError | null }
  | WorkNews;

/** Places in one file: for each the number of its exchange, its offset and its length. */
export interface PlacesInFile {
  readonly file: string;
  readonly numbers: number[];
}

function serve(port: MessagePort, memory: SharedArrayBuffer): void {
  const post = (message: FromThread): void => port.postMessage(message);
  const ring = ringReader(memory);
  const room = roomInThread(post);
  let news = Promise.withResolvers<void>();
  let isClosing = false;

  const giveRoom = (): void => {
    if (ring.takeWriterWaits()) post({ kind: 'room' });
  };
  /** The next entry of the ring; null if there is none and no more will come. */
  const nextEntry = async (): Promise<Buffer | null> => {
    for (;;) {
      const entry = ring.next();
      if (entry !== null || isClosing) return entry;
      giveRoom();
      news = Promise.withResolvers();
      ring.noteWaits();
      // An entry may have come before the writer could see the note.
      if (ring.next() === null) await news.promise;
    }
  };
  const run = async (writer: WarcWriter): Promise<void> => {
    const tell = placesTeller(post);
    const entries = { next: async () => (await nextEntry())!, free: ring.free };
    let exchanges = 0;
    const take: Take = (deposit, body) => {
      const exchange = exchanges;
      exchanges += 1;
      return writer.append(deposit, body).then(
        (place) => tell(exchange, place),
        (error) => post({ kind: 'failed', exchange, error: sentError(error) }),
      );
    };
    for (let entry = await nextEntry(); entry !== null; entry = await nextEntry()) {
      await readExchange(entry, entries, take);
      if (exchanges % EXCHANGES_A_NOTICE > 0) continue;
      giveRoom();
      // Lets the callbacks run of what was written and synced meanwhile.
      await systemClock.turn();
    }
    post({ kind: 'closed', error: await writer.close().then(() => null, sentError) });
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'work') room.answered(message);
    else if (message.kind === 'begin') {
      void run(createWarcWriter(message.settings, { clock: systemClock, room }, message.state));
    } else {
      isClosing ||= message.kind === 'close';
      news.resolve();
    }
  });
  post({ kind: 'ready' });
}

/** Gathers the places that are known at the same moment, which are those of one sync, into one message. */
function placesTeller(post: (message: FromThread) => void): (exchange: number, place: ArchivePlace) => void {
  let places: PlacesInFile[] = [];
  const send = (): void => {
    post({ kind: 'places', places });
    places = [];
  };
  return (exchange, { file, offset, length }) => {
    if (places.length === 0) process.nextTick(send);
    let last = places.at(-1);
    if (last?.file !== file) {
      last = { file, numbers: [] };
      places.push(last);
    }
    last.numbers.push(exchange, offset, length);
  };
}

serve(parentPort!, workerData as SharedArrayBuffer);
