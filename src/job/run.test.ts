import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startVirtual } from '../../test/helpers/virtual-world.ts';
import { ROOM_PATIENCE_MS } from '../base/limits.ts';
import type { Room } from '../base/room.ts';
import type { Run } from './assemble.ts';

const ROOT = 'http://h.example/';
const OPTIONS = { roots: [ROOT], sitemaps: false, adapt: false };
const page = (...links: readonly string[]) => ({
  status: 200,
  headers: ['content-type', 'text/html'],
  body: links.map((link) => `<a href=${link}>x</a>`).join(''),
});

test('run: figures that have not changed are written every 30 seconds, and others every second', async () => {
  let asked = 0;
  const started = await startVirtual(OPTIONS, () => {
    asked += 1;
    return asked === 1 ? { status: 429, headers: ['retry-after', '600'] } : page();
  });
  const summary = await started.toTheEnd();
  assert.deepEqual([summary.state, summary.urls.done], ['finished', 1]);
  const figures = started.written.filter(([, { run }]) => run !== null).map(([atMs]) => atMs);
  const whileHeld = figures.filter((atMs) => atMs > 5_000 && atMs < 595_000);
  assert.ok(whileHeld.length >= 18 && whileHeld.length <= 21, `${whileHeld.length} times in 590 seconds`);
});

test('run: a run that is stopped gracefully asks for nothing more, and what is in flight has five seconds', async () => {
  const started = await startVirtual(OPTIONS, (path) => (path === '/' ? page('/slow', '/b', '/c') : null));
  await started.forMs(500);
  const before = started.asked.length;
  started.run.stop('gracefully');
  await started.forMs(4_900);
  assert.equal(started.run.progress().inFlight, 3, 'it may still come');
  const summary = await started.toTheEnd();
  assert.equal(started.asked.length, before);
  assert.deepEqual([summary.state, summary.stoppedBy], ['unfinished', 'interrupt']);
  assert.deepEqual([summary.urls.done, summary.urls.queued, summary.urls.failed], [1, 3, 0]);
  assert.ok(summary.elapsedMs >= 5_500 && summary.elapsedMs < 6_500, `${summary.elapsedMs} ms`);
});

test('run: a run that is stopped at once breaks off what is in flight', async () => {
  const started = await startVirtual(OPTIONS, (path) => (path === '/' ? page('/slow') : null));
  await started.forMs(500);
  started.run.stop('now');
  const summary = await started.toTheEnd();
  assert.deepEqual([summary.stoppedBy, summary.urls.queued], ['interrupt', 1]);
  assert.ok(summary.elapsedMs < 1_000, `${summary.elapsedMs} ms`);
});

test('run: --time-limit stops it as its user would', async () => {
  const started = await startVirtual({ ...OPTIONS, timeLimitMs: 2_000 }, (path) => page(`${path}x`));
  const summary = await started.toTheEnd();
  assert.equal(summary.stoppedBy, 'time');
  assert.ok(summary.urls.done > 50, `${summary.urls.done} pages`);
  const last = started.asked.at(-1)![0];
  assert.ok(last <= 2_000, `the last request after ${last} ms`);
});

/** Closes an archive whose disk stays full. */
const onFullDisk = (room: Room): Promise<void> =>
  room.whenThere('the index could not be written', () =>
    Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 })),
  );

const stopTwice = (run: Run): void => {
  run.stop('gracefully');
  run.stop('now');
};
const endless = (path: string) => page(`${path}x`);
const STOPS: Readonly<Record<string, readonly [options: object, stop: (run: Run) => void, answer?: typeof endless]>> = {
  'a stop': [{}, (run) => run.stop('gracefully'), endless],
  'a stop at once': [{}, (run) => run.stop('now'), endless],
  'two stops': [{}, stopTwice, endless],
  '--time-limit': [{ timeLimitMs: 2_000 }, () => {}, endless],
  'a stop when all is had and only room is missing': [{}, (run) => run.stop('gracefully'), () => page()],
};
for (const [what, [options, stop, answer = endless]] of Object.entries(STOPS)) {
  test(`run: after ${what} nothing waits for room on the disk`, async () => {
    const started = await startVirtual({ ...OPTIONS, ...options }, answer, onFullDisk);
    await started.forMs(2_000);
    const stoppedAt = started.clock.now();
    stop(started.run);
    await assert.rejects(started.toTheEnd(), { code: 'disk', message: /^the index could not be written: the disk is/ });
    const tookMs = started.clock.now() - stoppedAt;
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
  });
}

test('run: which ends by itself waits for room on the disk', async () => {
  const started = await startVirtual(OPTIONS, () => page(), onFullDisk);
  await started.forMs(ROOM_PATIENCE_MS - 1_000);
  assert.equal(started.run.progress().state, 'finished');
  await assert.rejects(started.toTheEnd(), { code: 'disk' });
  assert.ok(started.clock.now() > ROOM_PATIENCE_MS);
});

test('run: while memory is short no page is asked for, and the next second after goes on', async () => {
  const started = await startVirtual({ ...OPTIONS, concurrency: 2 }, (path) =>
    path === '/' ? page('/a', '/b') : path === '/a' ? null : page('/c'),
  );
  started.machine.isTight = true;
  await started.forMs(3_000);
  // While no request is running the crawl goes on, because nothing could give memory back.
  assert.deepEqual(
    started.asked.map(([, path]) => path),
    ['/robots.txt', '/', '/a', '/b'],
  );
  started.machine.look = () => {
    started.machine.isTight = false;
  };
  await started.forMs(1_500);
  assert.deepEqual(
    started.asked.slice(4).map(([, path]) => path),
    ['/c'],
  );
  started.run.stop('now');
  await started.toTheEnd();
});
