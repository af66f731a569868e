// Translates the errors of the system and of OpenSSL into the crawl's own error codes.

import type { ErrorCode } from '../base/errors.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** How far a connection was when it failed. */
export type Stage = 'connect' | 'tls' | 'response';

/** Errors of our own machine: no file handles, no buffers, no network. */
const MACHINE_CODES: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EAGAIN',
  'EADDRNOTAVAIL',
  'ENETDOWN',
]);
/** A machine without IPv6 is well; only the address cannot be reached from it. */
const ROUTE_CODES: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT']);
/** The faults of a certificate, by the words of OpenSSL and Node; the first match counts. */
const CERTIFICATE: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^CERT_HAS_EXPIRED$/, 'tls-expired'],
  [/^CERT_NOT_YET_VALID$/, 'tls-not-yet-valid'],
  [/ALTNAME|HOSTNAME_MISMATCH/, 'tls-wrong-host'],
  [/^DEPTH_ZERO_SELF_SIGNED/, 'tls-self-signed'],
  // A chain that ends in a self-signed certificate lacks a known issuer.
  [/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED/, 'tls-unknown-issuer'],
  // Node has no word of its own for a forbidden name, a weak key and most others.
  [/CERT|CRL|ISSUER|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|^UNSPECIFIED$/, 'tls-certificate'],
];
/** What OpenSSL and the alerts of servers mean, by their names; the first match counts. */
const TLS_WORDS: readonly (readonly [RegExp, string])[] = [
  [/CERTIFICATE_REQUIRED/, 'the server wants a certificate from us: --cert and --key give it one'],
  [
    /ALERT.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/,
    'the server does not accept our certificate (--cert), or the lack of it',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/,
    'the server speaks no version of TLS that is wanted here: 1.2 or later, or what --min-tls says',
  ],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST/, 'the server does not speak TLS on this port; http:// may do'],
  [
    /ALERT_HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY/,
    'the server has no safe cipher in common with us, or wants a certificate (--cert)',
  ],
  [/UNRECOGNIZED_NAME/, 'the server does not know the host by this name'],
  [/NO_APPLICATION_PROTOCOL/, 'the server speaks neither HTTP/1.1 nor HTTP/2 on this port'],
  [/DH_KEY_TOO_SMALL|LEGACY_RENEGOTIATION/, 'the server offers only what is not safe'],
  [/ALERT_INTERNAL_ERROR/, 'the server met a fault of its own'],
];

/** In TLS 1.3 a server refuses us after its handshake is over for us, for example because we have no certificate. */
const REFUSED_BY_ALERT = /^ERR_SSL_.*ALERT.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE|PROTOCOL_VERSION)/;

/** Whether the system failed because it lacks a resource of its own. */
export function isOfMachine(error: unknown): boolean {
  return error instanceof Error && 'code' in error && MACHINE_CODES.has(String(error.code));
}

/** Names the failure of a connection to `address`. `error` is null if the peer simply closed it. */
export function failureOf(error: Error | null, stage: Stage, address: string): Failure {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return { code: codeOf(code, stage, address.includes(':')), detail: detailOf(error, code, stage) };
}

function detailOf(error: Error | null, code: string, stage: Stage): string {
  if (error === null)
    return `the connection was closed ${stage === 'tls' ? 'in the TLS handshake' : 'before a response'}`;
  if (!code.startsWith('ERR_SSL_')) return `${code} ${error.message}`.trim();
  // OpenSSL's own message names files and addresses in memory.
  const { reason = error.message } = error as { reason?: string };
  return `${code} ${TLS_WORDS.find(([name]) => name.test(code))?.[1] ?? reason}`;
}

/** Errors of the system while it sends or receives, and not of TLS. */
const SYSTEM_CODE = /^E(?!PROTO$)[A-Z]+$/;

function codeOf(code: string, stage: Stage, isIpv6: boolean): ErrorCode {
  if (stage === 'tls' && SYSTEM_CODE.test(code) && code !== 'EPIPE') return codeOf(code, 'connect', isIpv6);
  if (stage === 'tls' && code !== 'EPIPE' && code !== '') {
    // TLS alerts are about our certificate, and we have none.
    const found = code.startsWith('ERR_SSL') ? undefined : CERTIFICATE.find(([words]) => words.test(code));
    return found?.[1] ?? 'tls-protocol';
  }
  if (stage === 'response' && REFUSED_BY_ALERT.test(code)) return 'tls-protocol';
  if (stage !== 'connect') return MACHINE_CODES.has(code) ? 'machine' : 'reset';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'connect-timeout';
  if (code === 'ECONNRESET') return 'reset';
  if (isIpv6 && ROUTE_CODES.has(code)) return 'unreachable';
  return MACHINE_CODES.has(code) ? 'machine' : 'unreachable';
}
