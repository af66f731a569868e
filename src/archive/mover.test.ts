import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createVirtualClock } from '../../test/simulate/virtual-clock.ts';
import type { MovedFile } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { ArchiveAway } from '../base/machine.ts';
import type { Depot } from './depot/depot.ts';
import { createMover, type Mover, type MoverParts } from './mover.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-mover-'));
after(() => rmSync(home, { recursive: true }));

const PATIENCE_MS = 60_000;
const NAMES = [1, 2, 3].map((serial) => `job-20261126000000000-0000${serial}.warc.gz`);

interface Place {
  readonly mover: Mover;
  readonly folder: string;
  readonly there: Set<string>;
  readonly noted: MovedFile[];
  /** Why nothing can be put; null if it can. */
  trouble: Error | null;
  isSettled: boolean;
  news: number;
  /** Files that are complete, and the one that is being written. */
  write(closed: readonly string[], open: string): void;
  local(): string[];
  /** Lets time pass, with a look each second. */
  pass(ms: number): Promise<void>;
}

/** A job whose files have a hundred bytes each; three of them fill the room. */
function placeNamed(name: string, earlier: readonly string[] = [], more: Partial<MoverParts> = {}): Place {
  const folder = join(home, name);
  for (const each of ['archive', 'indexes']) mkdirSync(join(folder, each), { recursive: true });
  const write = (closed: readonly string[], open: string): void => {
    for (const file of [...closed, open]) writeFileSync(join(folder, 'archive', file), 'x'.repeat(100));
    for (const file of closed) writeFileSync(join(folder, 'indexes', `${file}.cdxj`), '');
  };
  for (const file of earlier) writeFileSync(join(folder, 'archive', file), 'x'.repeat(100));
  const clock = createVirtualClock();
  const depot: Depot = {
    place: 's3://bucket',
    check: async () => {},
    open: () => assert.fail(),
    replace: () => assert.fail(),
    async put({ name }, { signal }) {
      signal.throwIfAborted();
      if (place.trouble !== null) throw place.trouble;
      place.there.add(name);
    },
  };
  const mover = createMover({
    ...{
      folder,
      depot,
      clock,
      moved: new Map(),
      own: 'job-',
      earlier: new Set(earlier),
      bytesMax: 300,
      patienceMs: PATIENCE_MS,
    },
    movedFiles: { note: async (moved) => void place.noted.push(moved) },
    settled: () => (place.isSettled ? Promise.resolve() : new Promise(() => {})),
    onRoom() {
      place.news += 1;
    },
    ...more,
  });
  clock.every(1_000, mover.look);
  const place: Place = {
    ...{ mover, folder, there: new Set(), noted: [], trouble: null, isSettled: true, news: 0, write },
    local: () => readdirSync(join(folder, 'archive')),
    async pass(ms) {
      const end = clock.now() + ms;
      while (clock.now() < end) {
        clock.step();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return place;
}

const away = new ArchiveAway('s3://bucket', 'it cannot be reached');

test('createMover: complete files move, those of earlier runs too, and the one that is written stays', async () => {
  const [old, closed, open] = NAMES as [string, string, string];
  const place = placeNamed('moves', [old]);
  await place.pass(1_000);
  assert.deepEqual([[...place.there], place.local()], [[old], []]);
  place.write([closed], open);
  await place.pass(2_000);
  assert.deepEqual([[...place.there], place.local()], [[old, closed], [open]]);
  const steps = place.noted.map(({ file, isThere, bytes }) => `${file.slice(-13)} ${isThere} ${bytes}`);
  const both = ['00001.warc.gz', '00002.warc.gz'];
  assert.deepEqual(
    steps,
    both.flatMap((file) => [`${file} false 100`, `${file} true 100`]),
  );
  assert.equal(place.mover.trouble, null);
  place.write([open], NAMES[0]!);
  rmSync(join(place.folder, 'archive', NAMES[0]!));
  await place.mover.finish(null);
  assert.deepEqual(place.local(), []);
});

test('createMover: a file waits until all that was archived is committed', async () => {
  const place = placeNamed('unsettled');
  place.isSettled = false;
  place.write([NAMES[0]!], NAMES[1]!);
  await place.pass(5_000);
  assert.deepEqual([...place.there], []);
});

test('createMover: while the place is away files wait; full, the crawl waits; back, it goes on', async () => {
  const place = placeNamed('away');
  place.trouble = away;
  place.write([NAMES[0]!], NAMES[1]!);
  await place.pass(10 * PATIENCE_MS);
  const { mover } = place;
  assert.deepEqual([mover.isFull, mover.isHopeless, mover.lack()], [false, false, null]);
  assert.match(mover.trouble!, /s3:\/\/bucket: it cannot be reached/);
  place.write([NAMES[0]!, NAMES[1]!], NAMES[2]!);
  await place.pass(2_000);
  assert.deepEqual([mover.isFull, mover.isHopeless], [true, false]);
  assert.match(mover.lack()!.why, /cannot be reached/);
  place.trouble = null;
  await place.pass(PATIENCE_MS);
  assert.deepEqual([mover.isFull, mover.isHopeless, mover.trouble, place.news], [false, false, null, 1]);
  assert.deepEqual(place.local(), [NAMES[2]]);
});

test('createMover: full, and away for longer than the patience: it is hopeless, and the end says so', async () => {
  const place = placeNamed('hopeless');
  place.trouble = away;
  place.write([NAMES[0]!, NAMES[1]!], NAMES[2]!);
  await place.pass(PATIENCE_MS - 5_000);
  assert.equal(place.mover.isHopeless, false);
  await place.pass(10_000);
  assert.equal(place.mover.isHopeless, true);
  const finished = place.mover.finish(null);
  finished.catch(() => {});
  await place.pass(2 * PATIENCE_MS);
  await assert.rejects(finished, (error: MachineError) => error instanceof MachineError && error.code === 'archive');
  assert.deepEqual(place.local(), NAMES);
});

test('createMover: at the end it waits for the place, but not for longer than the user has', async () => {
  const place = placeNamed('end');
  place.trouble = away;
  place.write([NAMES[0]!, NAMES[1]!], NAMES[2]!);
  writeFileSync(join(place.folder, 'indexes', `${NAMES[2]}.cdxj`), '');
  const finished = place.mover.finish(null);
  await place.pass(PATIENCE_MS / 2);
  place.trouble = null;
  await place.pass(PATIENCE_MS);
  await finished;
  assert.deepEqual(place.local(), []);

  const stopped = placeNamed('stopped');
  stopped.trouble = away;
  stopped.write([NAMES[0]!], NAMES[1]!);
  const over = stopped.mover.finish(5_000);
  await stopped.pass(6_000);
  await over;
  assert.deepEqual(stopped.local(), NAMES.slice(0, 2));
});

test('createMover: what is wrong for good ends it at once', async () => {
  const place = placeNamed('wrong');
  place.trouble = new MachineError('archive', 'another file is there');
  place.write([NAMES[0]!], NAMES[1]!);
  await place.pass(2_000);
  assert.equal(place.mover.isHopeless, true);
  await assert.rejects(place.mover.finish(null), /another file is there/);
});
