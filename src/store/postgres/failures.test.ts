import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asUnreachable, isAway } from './failures.ts';
import { databasePlace } from './place.ts';

const PLACE = databasePlace('postgres://crawler:s3cret@db.example.com:5433/crawls', 'job');

function failure(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

test('asUnreachable: what is wrong, with the server and without the password', () => {
  const cases: readonly (readonly [code: string, name: string, says: RegExp])[] = [
    ['ENOTFOUND', 'MachineError', /could not be reached: its name was not found$/],
    ['EAI_AGAIN', 'MachineError', /could not be reached: its name was not found$/],
    ['ETIMEDOUT', 'MachineError', /could not be reached: ETIMEDOUT; run again when it is there$/],
    ['57P03', 'MachineError', /could not be reached: .*; run again when it is there$/],
    ['53300', 'MachineError', /could not be reached: /],
    ['28P01', 'UsageError', /refused the user or the password\.$/],
    ['3D000', 'UsageError', /there is no such database\.$/],
    ['42501', 'JobError', /you may not do this there: /],
  ];
  for (const [code, name, says] of cases) {
    const error = asUnreachable(PLACE, failure(code));
    assert.deepEqual([error.name, says.test(error.message)], [name, true], error.message);
    assert.match(error.message, /postgres:\/\/db\.example\.com:5433\/crawls/);
    assert.ok(!error.message.includes('s3cret') && !error.message.includes('crawler@'), error.message);
  }
});

test('isAway: a connection that is lost or refused, and no mistake of ours', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '08006', '57P01', '57P02', '25P03'])
    assert.ok(isAway(failure(code)), code);
  for (const message of ['Connection terminated unexpectedly', 'timeout expired'])
    assert.ok(isAway(failure('', message)));
  for (const code of ['42P01', '23505', '28P01', '3D000']) assert.ok(!isAway(failure(code)), code);
});
