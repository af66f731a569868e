import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jobFolders } from '../../../test/helpers/job-folders.ts';
import { failuresInLog } from './failures-in-log.ts';
import { holdsInLogs } from './holds-in-log.ts';

const newFolder = jobFolders('holds-in-log');
const BEGIN = Date.parse('2026-11-26T10:00:00Z');

function lineOf(second: number, until: number, host: string, event = 'held'): string {
  const [at, end] = [second, until].map((each) => new Date(BEGIN + each * 1_000).toISOString());
  return `${JSON.stringify({ at, level: 'warn', event, host, until: end, why: 'status 429' })}\n`;
}

function jobWithLogs(logs: Readonly<Record<string, string>>): string {
  const job = newFolder();
  mkdirSync(join(job, 'logs'), { recursive: true });
  for (const [name, text] of Object.entries(logs)) writeFileSync(join(job, 'logs', name), text);
  return job;
}

test('holdsInLogs: the holds of all logs in their order; one that was made longer is one', async () => {
  const job = jobWithLogs({
    'gossamer.jsonl': [
      lineOf(10, 20, 'http://a.test:80'),
      lineOf(12, 16, 'http://b.test:80'),
      lineOf(15, 40, 'http://a.test:80'),
      lineOf(60, 70, 'http://a.test:80'),
      lineOf(80, 90, 'http://a.test:80', 'robots'),
      '{"event":"held","host":7,"at":"x"}\n{"event":"held"',
    ].join(''),
    'gossamer.jsonl.1': lineOf(0, 5, 'http://a.test:80'),
    'gossamer-w2.jsonl': lineOf(1, 2, 'http://c.test:80'),
  });
  const holds = (await holdsInLogs(job)).map(({ host, from, to }) => {
    return [host.slice(7, 8), (from - BEGIN) / 1_000, (to - BEGIN) / 1_000];
  });
  assert.deepEqual(holds, [
    ['a', 0, 5],
    ['c', 1, 2],
    ['a', 10, 40],
    ['b', 12, 16],
    ['a', 60, 70],
  ]);
  assert.deepEqual(await holdsInLogs(newFolder()), []);
});

test('holdsInLogs, failuresInLog: a log that never ends, as a stranger may make one, is not read', async () => {
  const job = jobWithLogs({});
  symlinkSync('/dev/zero', join(job, 'logs', 'gossamer.jsonl'));
  assert.deepEqual(await holdsInLogs(job), []);
  assert.deepEqual(await failuresInLog(job, 0), { failures: [], place: 0 });
});
