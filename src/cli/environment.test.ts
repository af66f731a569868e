import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strangerLines } from './environment.ts';

test('strangerLines: each variable that nobody reads, with the one that was probably meant', () => {
  const table: readonly [name: string, meant: string | null][] = [
    ['GOSSAMER_DELY', 'GOSSAMER_DELAY'],
    ['GOSSAMER_DELAY_MS', 'GOSSAMER_DELAY'],
    ['GOSSAMER_USERAGENT', 'GOSSAMER_USER_AGENT'],
    ['GOSSAMER_ROBOTS', 'GOSSAMER_NO_ROBOTS'],
    ['GOSSAMER_NO_INSECURE', 'GOSSAMER_INSECURE'],
    ['GOSSAMER_MAX_TASKS', 'GOSSAMER_CONCURRENCY'],
    ['GOSSAMER_BODY_BYTES_MAX', 'GOSSAMER_MAX_BODY'],
    ['GOSSAMER_CONFIG_FILE', 'GOSSAMER_CONFIG'],
    ['GOSSAMER_HOME', null],
    ['GOSSAMER_', null],
  ];
  for (const [name, meant] of table) {
    const said = `${name} is not an option and was not read${meant === null ? '.' : `: did you mean ${meant}?`}`;
    assert.deepEqual(strangerLines({ [name]: 'a secret' }), [said]);
  }
});

test('strangerLines: what is read, what our own tests are told, and what is not for us', () => {
  const names = ['DELAY', 'NO_ROBOTS', 'INPUT_FILE', 'CONFIG', 'FAIL_ON', 'ACCEPT', 'SEED', 'CASES', 'RELAUNCHED'];
  const ours = Object.fromEntries(names.map((name) => [`GOSSAMER_${name}`, '1']));
  assert.deepEqual(strangerLines({ ...ours, PATH: '/bin', MY_GOSSAMER_DELY: '1', gossamer_dely: '1' }), []);
});
