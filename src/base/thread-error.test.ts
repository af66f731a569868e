import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { JobError, MachineError, UsageError } from './errors.ts';
import { ArchiveAway, DatabaseAway, sqliteCode, systemName, troubleOf } from './machine.ts';
import { failureOfThread, receivedError, sentError } from './thread-error.ts';

function thrownBy(call: () => void): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

const across = (error: Error): Error => receivedError(structuredClone(sentError(error)));

test('receivedError: an error that went from thread to thread is what it was', () => {
  const errors = [
    new UsageError('-o: no'),
    new JobError('missing', 'There is no job.'),
    new MachineError('disk', 'The disk is full.'),
    new ArchiveAway('s3://b', 'it does not answer'),
    new DatabaseAway(new Error('gone')),
    thrownBy(() => readFileSync('/there/is/none')),
    thrownBy(() => new DatabaseSync(':memory:').exec('no statement')),
    new TypeError('our mistake'),
  ];
  for (const error of errors) {
    const received = across(error);
    const told = (each: Error): unknown[] => [
      ...[each.message, each.stack, (each as { code?: unknown }).code, each instanceof MachineError],
      ...[each instanceof JobError, each instanceof UsageError, systemName(each), sqliteCode(each), troubleOf(each)],
    ];
    assert.deepEqual(told(received), told(error), error.message);
    assert.ok(received instanceof Error);
  }
});

test('receivedError: what an error was caused by comes with it, with its class, and a circle ends', () => {
  const system = thrownBy(() => readFileSync('/there/is/none'));
  const received = across(
    new MachineError('archive', 'gone', { cause: new ArchiveAway('s3://b', 'no', { cause: system }) }),
  );
  const away = received.cause as Error;
  assert.ok(away instanceof ArchiveAway);
  assert.deepEqual([away.message, systemName(away.cause)], ['s3://b: no', 'ENOENT']);
  assert.equal((away.cause as Error).message, system.message);
  for (const [cause, expected] of [
    ['in words', 'in words'],
    [undefined, undefined],
    [null, undefined],
    [() => 1, undefined],
  ]) {
    assert.equal(across(new Error('of a value', { cause })).cause, expected);
  }
  assert.equal(Object.hasOwn(across(new Error('alone')), 'cause'), false);
  const circle = new Error('circle');
  circle.cause = circle;
  assert.equal((across(circle).cause as Error).message, 'circle');
});

test('failureOfThread: a thread that dies of memory is told in words', async () => {
  const script = 'const all = []; for (;;) all.push(new Array(1_000).fill(all.length));';
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 };
  const [error] = (await once(new Worker(script, { eval: true, resourceLimits }), 'error')) as [Error];
  const told = failureOfThread(error);
  assert.ok(told instanceof MachineError);
  assert.deepEqual([told.code, told.cause], ['memory', error]);
  assert.match(told.message, /^there was not enough memory for a thread; .+ and run again$/);
  const received = across(told);
  assert.ok(received instanceof MachineError && (received as MachineError).code === 'memory');
});

test('failureOfThread: a thread that could not be started is told in words, and anything else as it is', () => {
  const init = (why: string): Error => Object.assign(new Error(why), { code: 'ERR_WORKER_INIT_FAILED' });
  assert.ok(failureOfThread(init('EMFILE')) instanceof MachineError);
  assert.match(failureOfThread(init('EMFILE')).message, /too few files open; allow it more \(ulimit -n 4096\)/);
  assert.match(failureOfThread(init('no memory')).message, /could not be started: no memory;/);
  const other = new RangeError('other');
  assert.equal(failureOfThread(other), other);
});
