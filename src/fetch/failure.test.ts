import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, type Stage } from './failure.ts';

const TABLE: readonly (readonly [string, Stage, string, string])[] = [
  ['ECONNREFUSED', 'connect', '1.1.1.1', 'refused'],
  ['EHOSTUNREACH', 'connect', '1.1.1.1', 'unreachable'],
  ['EACCES', 'connect', '1.1.1.1', 'unreachable'],
  ['ETIMEDOUT', 'connect', '1.1.1.1', 'connect-timeout'],
  ['ENETUNREACH', 'connect', '1.1.1.1', 'unreachable'],
  ['ENETUNREACH', 'connect', '2606::1', 'unreachable'],
  ['EADDRNOTAVAIL', 'connect', '::1', 'unreachable'],
  ['EMFILE', 'connect', '2606::1', 'machine'],
  ['ENOBUFS', 'connect', '1.1.1.1', 'machine'],
  ['ECONNRESET', 'response', '1.1.1.1', 'reset'],
  ['EPIPE', 'response', '1.1.1.1', 'reset'],
  ['ECONNRESET', 'tls', '1.1.1.1', 'reset'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', '1.1.1.1', 'tls-self-signed'],
  ['CERT_HAS_EXPIRED', 'tls', '1.1.1.1', 'tls-expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', '1.1.1.1', 'tls-wrong-host'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', '1.1.1.1', 'tls-unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', '1.1.1.1', 'tls-unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls', '1.1.1.1', 'tls-unknown-issuer'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', '1.1.1.1', 'tls-unknown-issuer'],
  ['CERT_NOT_YET_VALID', 'tls', '1.1.1.1', 'tls-not-yet-valid'],
  ['HOSTNAME_MISMATCH', 'tls', '1.1.1.1', 'tls-wrong-host'],
  ['ERR_TLS_CERT_ALTNAME_FORMAT', 'tls', '1.1.1.1', 'tls-wrong-host'],
  ['CERT_REVOKED', 'tls', '1.1.1.1', 'tls-certificate'],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', 'tls', '1.1.1.1', 'tls-certificate'],
  ['UNSPECIFIED', 'tls', '1.1.1.1', 'tls-certificate'],
  ['INVALID_PURPOSE', 'tls', '1.1.1.1', 'tls-certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', '1.1.1.1', 'tls-protocol'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'tls', '1.1.1.1', 'tls-protocol'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'response', '1.1.1.1', 'tls-protocol'],
  ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'response', '1.1.1.1', 'tls-protocol'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'response', '1.1.1.1', 'tls-protocol'],
  ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'response', '1.1.1.1', 'reset'],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'response', '1.1.1.1', 'reset'],
  ['EPROTO', 'tls', '1.1.1.1', 'tls-protocol'],
  ['EHOSTUNREACH', 'tls', '1.1.1.1', 'unreachable'],
  ['EPERM', 'tls', '1.1.1.1', 'unreachable'],
  ['ETIMEDOUT', 'tls', '1.1.1.1', 'connect-timeout'],
  ['ENOBUFS', 'tls', '1.1.1.1', 'machine'],
  ['EPERM', 'connect', '1.1.1.1', 'unreachable'],
];

for (const [code, stage, address, expected] of TABLE) {
  test(`failureOf: ${code} in ${stage} to ${address} is ${expected}`, () => {
    const failure = failureOf(Object.assign(new Error('words'), { code }), stage, address);
    assert.equal(failure.code, expected);
    if (!code.startsWith('ERR_SSL_')) assert.equal(failure.detail, `${code} words`);
  });
}

test('failureOf: a peer that closes without a word is a reset', () => {
  assert.equal(failureOf(null, 'response', '1.1.1.1').code, 'reset');
  assert.equal(failureOf(null, 'tls', '1.1.1.1').code, 'reset');
});

test('failureOf: what TLS says is told in words that help, and without what is of no use', () => {
  const told = (code: string): string => {
    const [message, reason] = ['7F00:error:0A:SSL routines:f:a reason:../x.c:1:', 'a reason'];
    return failureOf(Object.assign(new Error(message), { code, reason }), 'tls', '1.1.1.1').detail;
  };
  const words: readonly (readonly [string, RegExp])[] = [
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /wants a certificate from us: --cert and --key/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /does not accept our certificate \(--cert\)/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS that is wanted here.+--min-tls/],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', /no version of TLS that is wanted here.+--min-tls/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS on this port; http:/],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', /no safe cipher in common/],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', /does not know the host by this name/],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', /neither HTTP\/1.1 nor HTTP\/2/],
    ['ERR_SSL_TLSV1_ALERT_DECODE_ERROR', /^ERR_SSL_TLSV1_ALERT_DECODE_ERROR a reason$/],
  ];
  for (const [code, sentence] of words) assert.match(told(code), sentence);
  assert.match(failureOf(null, 'tls', '1.1.1.1').detail, /closed in the TLS handshake/);
});
