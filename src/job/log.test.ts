import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasLimits, withFewDescriptors } from '../../test/helpers/no-descriptors.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../../test/helpers/small-disk.ts';
import { systemClock } from '../base/clock.ts';
import { LOG_BYTES_MAX, LOG_PENDING_CHARS_MAX } from '../base/limits.ts';
import { lineOf, openLog } from './log.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-log-'));
after(() => rmSync(home, { recursive: true }));

function linesOf(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('lineOf: one line that no terminal obeys, whatever a page has sent', () => {
  const url = 'http://h/\x1b[2J\x9b31m\u2028\u202e\n\x7f"';
  const line = lineOf(0, 'warn', 'failed', { url });
  assert.match(line, /^[ -~]+\n$/);
  assert.deepEqual(JSON.parse(line), { at: '1970-01-01T00:00:00.000Z', level: 'warn', event: 'failed', url });
});

test('openLog: has the lines of its level and of those before it, in their order, after what was there', async () => {
  const path = join(home, 'levels', 'log.jsonl');
  for (const [level, wanted] of [
    ['warn', ['error', 'warn']],
    ['debug', ['error', 'warn', 'info', 'debug']],
    ['off', []],
  ] as const) {
    const log = await openLog(path, level, systemClock);
    for (const each of ['error', 'warn', 'info', 'debug'] as const) log.write(each, 'x', { of: level });
    assert.deepEqual([log.has('error'), log.has('debug')], [level !== 'off', level === 'debug']);
    await log.close();
    const levels = linesOf(path).filter(({ of }) => of === level);
    assert.deepEqual(
      levels.map((line) => line['level']),
      wanted,
    );
  }
});

test('openLog: what a slow disk cannot take is counted', async () => {
  const path = join(home, 'slow.jsonl');
  const log = await openLog(path, 'info', systemClock);
  const text = 'x'.repeat(LOG_PENDING_CHARS_MAX / 4);
  for (let line = 0; line < 7; line += 1) log.write('info', 'long', { text });
  await log.close();
  log.write('info', 'short', {});
  await log.close();
  const events = linesOf(path).map(({ event, lines }) => (lines === undefined ? event : `${event} ${lines}`));
  assert.deepEqual(events, ['long', 'long', 'long', 'lines-lost 4', 'short']);
});

test('openLog: a long log is set aside, and one that cannot be written stops nobody', async () => {
  const path = join(home, 'long.jsonl');
  writeFileSync(path, 'old');
  truncateSync(path, LOG_BYTES_MAX + 1);
  const log = await openLog(path, 'info', systemClock);
  log.write('info', 'new', {});
  await log.close();
  assert.equal(linesOf(path).length, 1);
  assert.ok(existsSync(`${path}.1`));

  mkdirSync(join(home, 'folder.jsonl'));
  const unwritable = await openLog(join(home, 'folder.jsonl'), 'info', systemClock);
  unwritable.write('info', 'x', {});
  await unwritable.close();
  assert.match(unwritable.failure()!, /EISDIR/);
  // Lines that could not be written wait.
  rmSync(join(home, 'folder.jsonl'), { recursive: true });
  unwritable.write('info', 'y', {});
  await unwritable.close();
  assert.equal(unwritable.failure(), null);
  const events = linesOf(join(home, 'folder.jsonl')).map(({ event }) => event);
  assert.deepEqual(events, ['x', 'y']);
});

test('openLog: knows from the beginning that it cannot be written, and sets no log aside behind a link', async () => {
  const [outside, link] = [join(home, 'outside'), join(home, 'link')];
  mkdirSync(outside);
  writeFileSync(join(outside, 'log.jsonl'), 'mine');
  truncateSync(join(outside, 'log.jsonl'), LOG_BYTES_MAX + 1);
  symlinkSync(outside, link);
  symlinkSync(join(outside, 'log.jsonl'), join(home, 'link.jsonl'));
  writeFileSync(join(home, 'file'), '');
  for (const [path, told] of [
    [join(link, 'log.jsonl'), /link is a link to ".*outside", and a job writes only in its own folder: mount/],
    [join(home, 'link.jsonl'), /link\.jsonl is a link to ".*log\.jsonl", and a job writes only in its own folder$/],
    [join(home, 'file', 'log.jsonl'), /file is not a folder$/],
    [outside, /EISDIR/],
  ] as const) {
    const log = await openLog(path, 'info', systemClock);
    assert.match(log.failure() ?? '', told);
    await log.close();
  }
  assert.deepEqual(readdirSync(outside), ['log.jsonl']);
});

test('openLog: on a full disk no line is torn, and with room again all are there', async (context) => {
  const folder = join(home, 'disk');
  using disk = mountSmallDisk(folder, '16k');
  if (disk === null) return context.skip(NO_SMALL_DISK);
  const path = join(folder, 'log.jsonl');
  const log = await openLog(path, 'info', systemClock);
  const text = 'x'.repeat(5_000);
  for (let line = 1; line <= 5; line += 1) {
    log.write('info', `line-${line}`, { text });
    await log.close();
  }
  assert.equal(log.failure(), 'the disk is full');
  assert.deepEqual(
    linesOf(path).map(({ event }) => event),
    ['line-1', 'line-2', 'line-3'],
  );
  disk.remount('size=1m');
  await log.close();
  assert.equal(log.failure(), null);
  assert.equal(linesOf(path).length, 5);
});

test('openLog: where no file can be opened the lines wait', { skip: !hasLimits }, async () => {
  const path = join(home, 'few.jsonl');
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  await withFewDescriptors(
    60,
    `
    import { systemClock } from ${url('../base/clock.ts')};
    import { openLog } from ${url('./log.ts')};
    const log = await openLog(${JSON.stringify(path)}, 'info', systemClock);
    useUp();
    log.write('info', 'first', {});
    await log.close();
    log.write('info', 'second', {});
    giveBack();
    await log.close();
  `,
  );
  assert.deepEqual(
    linesOf(path).map(({ event }) => event),
    ['first', 'second'],
  );
});
