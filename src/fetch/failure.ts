// From what the system and OpenSSL call a failure to the crawl's own words.

import type { ErrorCode } from '../base/errors.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** How far a connection had come when it failed. */
export type Stage = 'connect' | 'tls' | 'response';

/** Ours to mend: no file handles, no buffers, no network of our own. */
const MACHINE_CODES: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EAGAIN',
  'EADDRNOTAVAIL',
  'ENETDOWN',
]);
/** A machine without IPv6 is in order; it is the address that cannot be had from here. */
const ROUTE_CODES: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT']);
const CERTIFICATE =
  /CERT|CRL|SELF_SIGNED|ISSUER|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|UNABLE_TO_VERIFY/;

/** Whether the system failed for want of something of its own. */
export function isOfMachine(error: unknown): boolean {
  return error instanceof Error && 'code' in error && MACHINE_CODES.has(String(error.code));
}

/** Names the failure of a connection to `address`. `error` is null where the peer simply closed. */
export function failureOf(error: Error | null, stage: Stage, address: string): Failure {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const detail = error === null ? 'the connection was closed before a response' : `${code} ${error.message}`.trim();
  return { code: codeOf(code, stage, address.includes(':')), detail };
}

function codeOf(code: string, stage: Stage, isIpv6: boolean): ErrorCode {
  if (stage === 'tls' && code !== 'ECONNRESET' && code !== 'EPIPE' && code !== '') {
    const isCertificate = !code.startsWith('ERR_SSL') && CERTIFICATE.test(code);
    return isCertificate ? 'tls-certificate' : 'tls-protocol';
  }
  if (stage !== 'connect') return MACHINE_CODES.has(code) ? 'machine' : 'reset';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ETIMEDOUT') return 'connect-timeout';
  if (code === 'ECONNRESET') return 'reset';
  if (isIpv6 && ROUTE_CODES.has(code)) return 'unreachable';
  return MACHINE_CODES.has(code) ? 'machine' : 'unreachable';
}
