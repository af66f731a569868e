import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
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

test('failureOfThread: a thread that could not be started is told in words, and anything else as it is', () => {
  const init = (why: string): Error => Object.assign(new Error(why), { code: 'ERR_WORKER_INIT_FAILED' });
  assert.ok(failureOfThread(init('EMFILE')) instanceof MachineError);
  assert.match(failureOfThread(init('EMFILE')).message, /too few files open; allow it more \(ulimit -n 4096\)/);
  assert.match(failureOfThread(init('no memory')).message, /could not be started: no memory;/);
  const other = new RangeError('other');
  assert.equal(failureOfThread(other), other);
});
