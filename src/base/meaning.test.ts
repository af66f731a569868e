import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../test/helpers/gate-bench.ts';
import { ERROR_CODES, type ErrorCode } from './errors.ts';
import { type Meaning, meaningOf, meaningOfError } from './meaning.ts';

const row = ({ url, host, machine }: Meaning): string => `${url} ${host} ${machine}`;

/** The whole table, written a second time. */
const ERRORS: Readonly<Record<ErrorCode, string>> = {
  'dns-not-found': 'unspent unreachable works',
  'dns-failure': 'unspent unreachable doubtful',
  refused: 'unspent unreachable works',
  unreachable: 'unspent unreachable doubtful',
  'connect-timeout': 'unspent unreachable doubtful',
  'proxy-failed': 'unspent unreachable doubtful',
  'proxy-auth': 'unspent unreachable works',
  'proxy-refused': 'final answered works',
  'tls-timeout': 'unspent unreachable doubtful',
  'tls-expired': 'final answered works',
  'tls-not-yet-valid': 'final answered works',
  'tls-wrong-host': 'final answered works',
  'tls-self-signed': 'final answered works',
  'tls-unknown-issuer': 'final answered works',
  'tls-certificate': 'final answered works',
  'tls-protocol': 'final answered works',
  'first-byte-timeout': 'again stalled connects',
  'idle-timeout': 'again stalled connects',
  'min-rate': 'final answered works',
  'max-time': 'final answered works',
  reset: 'again stalled connects',
  'not-processed': 'later asks-to-wait works',
  'tls-incomplete-chain': 'final answered works',
  disconnect: 'again stalled connects',
  'http-malformed': 'final answered works',
  'http-header-size': 'final answered works',
  decode: 'final answered works',
  'redirect-loop': 'final answered works',
  'redirect-limit': 'final answered works',
  machine: 'unspent nothing fails',
  aborted: 'unspent nothing nothing',
};

test('meaning: of every error where no response came, and where one had begun', () => {
  for (const error of ERROR_CODES) {
    assert.equal(row(meaningOfError(error)), ERRORS[error], error);
    assert.equal(row(meaningOf(outcomeOf(0, '', error))), ERRORS[error], error);
    const [url, host] = ERRORS[error].split(' ');
    const begun = `${url} ${host === 'stalled' ? 'overloaded' : host} works`;
    assert.equal(row(meaningOf(outcomeOf(200, '', error))), begun, `${error}, cut short`);
  }
});

test('meaning: of every status', () => {
  for (let status = 100; status < 1_000; status += 1) {
    const expected =
      status === 429
        ? 'later asks-to-wait works'
        : status === 503
          ? 'again overloaded works'
          : status >= 500 && status < 600 && status !== 501 && status !== 505
            ? 'again answered works'
            : 'final answered works';
    assert.equal(row(meaningOf(outcomeOf(status))), expected, `${status}`);
  }
  const told = { ...outcomeOf(503), headers: ['Retry-After', '5'] };
  assert.equal(row(meaningOf(told)), 'later asks-to-wait works');
  assert.equal(row(meaningOf({ ...outcomeOf(0), refused: 'address' })), 'final nothing nothing');
});
