import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asDatabaseFailure, asUnreachable, isAway } from './failures.ts';
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

test('asUnreachable: what the driver says without a code is one sentence, and a mistake of ours stays what it is', () => {
  const said = (error: Error): string => `${asUnreachable(PLACE, error).name}: ${asUnreachable(PLACE, error).message}`;
  const at = 'UsageError: --store: postgres://db.example.com:5433/crawls';
  const noPassword = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
  assert.equal(said(noPassword), `${at} asks for a password: give it in PGPASSWORD or in ~/.pgpass.`);
  for (const [code, message] of [
    ['', 'The server does not support SSL connections'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
    ['ENOENT', "no such file or directory, open '/x.pem'"],
  ] as const)
    assert.equal(said(failure(code, message)), `${at}: ${message}.`);
  assert.match(said(failure('08P01', 'transaction blocks not allowed in statement pooling mode')), /is a PgBouncer in/);
  assert.match(
    said(Object.assign(failure('ENOENT'), { syscall: 'connect' })),
    /^MachineError: .* could not be reached/,
  );
  const ours = new TypeError('undefined is not a function');
  assert.equal(asUnreachable(PLACE, ours), ours);
});

test('asDatabaseFailure: what may pass is waited for and says what it is; a job that is gone is told', () => {
  const said = (code: string): string => {
    const { name, message } = asDatabaseFailure(PLACE, failure(code)) as Error;
    return `${name}: ${message}`;
  };
  assert.equal(said('28P01'), 'DatabaseAway: the database refuses the user or the password');
  assert.equal(said('3D000'), 'DatabaseAway: the database is not there');
  assert.equal(said('25006'), 'DatabaseAway: the database is read-only');
  assert.equal(said('57014'), 'DatabaseAway: the database broke off a statement');
  assert.equal(said('ENOTFOUND'), 'DatabaseAway: the database does not answer');
  for (const code of ['42P01', '3F000'])
    assert.match(
      said(code),
      /^JobError: postgres:\/\/db\.example\.com:5433\/crawls: a part of the job is not there any more: /,
    );
});

test('isAway: a connection that is lost or refused, and no mistake of ours', () => {
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    '08006',
    '57P01',
    '57P02',
    '57P04',
    '25P03',
    '40001',
    'EAI_AGAIN',
  ])
    assert.ok(isAway(failure(code)), code);
  for (const message of ['Connection terminated unexpectedly', 'timeout expired'])
    assert.ok(isAway(failure('', message)));
  for (const code of ['42P01', '23505', '25P02', 'ENOENT']) assert.ok(!isAway(failure(code)), code);
});
