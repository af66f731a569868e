import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SHARED_ROBOTS_BYTES_MAX, SHARED_ROBOTS_MAX } from '../base/limits.ts';
import { atOnce } from '../base/slices.ts';
import type { RobotsRules } from './rules.ts';
import { createRulesReader } from './shared.ts';

const file = (text: string): Uint8Array => Buffer.from(text);
const forbidding = (path: string): Uint8Array => file(`User-agent: *\nDisallow: ${path}\n`);

test('createRulesReader: equal files have the same rules, for each agent its own', () => {
  const reading = createRulesReader();
  const read = (bytes: Uint8Array, agent = 'gossamer'): RobotsRules => atOnce(reading(bytes, agent));
  assert.equal(read(forbidding('/private')), read(forbidding('/private')));
  assert.equal(read(new Uint8Array(0)), read(file('')));
  assert.notEqual(read(forbidding('/private')), read(forbidding('/privat')));
  const own = file('User-agent: a\nDisallow: /\n\nUser-agent: b\nDisallow: /b\n');
  assert.equal(read(own, 'a').decide('http://h/x').allowed, false);
  assert.equal(read(own, 'b').decide('http://h/x').allowed, true);
  assert.notEqual(read(own, 'a'), read(own, 'b'));
});

test('createRulesReader: a long file, and one that was met long ago, is read again', () => {
  const reading = createRulesReader();
  const read = (bytes: Uint8Array): RobotsRules => atOnce(reading(bytes, 'gossamer'));
  const long = forbidding(`/${'x'.repeat(SHARED_ROBOTS_BYTES_MAX)}`);
  assert.notEqual(read(long), read(long));
  const first = read(forbidding('/first'));
  for (let at = 0; at < SHARED_ROBOTS_MAX; at += 1) {
    read(forbidding(`/${at}`));
    if (at % 2 === 0) assert.equal(read(forbidding('/first')), first);
  }
  for (let at = 0; at < SHARED_ROBOTS_MAX; at += 1) read(forbidding(`/other${at}`));
  assert.notEqual(read(forbidding('/first')), first);
});

test('createRulesReader: rules keep nothing in memory of what is not theirs', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const reading = createRulesReader();
  const note = `# ${'a long note, '.repeat(20_000)}\n`;
  const kept: RobotsRules[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < 64; at += 1) {
    const rule = `/a-path-that-is-longer-than-a-few-characters-${at}`;
    const bytes = file(`${note}User-agent: other\nDisallow: ${rule}\n\nUser-agent: *\nDisallow: ${rule}\n`);
    kept.push(atOnce(reading(bytes, 'gossamer')));
    kept.at(-1)!.decide(`http://h${rule}`);
  }
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  assert.ok(bytes < 16 * note.length, `${kept.length} files of ${note.length} bytes take ${bytes}`);
});
