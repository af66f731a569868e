// Which of our codes the errors of sockets, TLS and DNS are.

import type { ErrorCode } from '../base/errors.ts';

const SYSTEM: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: 'dns-not-found',
  ENODATA: 'dns-not-found',
  EAI_NONAME: 'dns-not-found',
  EAI_NODATA: 'dns-not-found',
  EAI_AGAIN: 'dns-failure',
  EAI_FAIL: 'dns-failure',
  ESERVFAIL: 'dns-failure',
  EREFUSED: 'dns-failure',
  ETIMEOUT: 'dns-failure',
  EBADRESP: 'dns-failure',
  EFORMERR: 'dns-failure',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  // The machine's own faults: nobody's host is to blame.
  EMFILE: 'machine',
  ENFILE: 'machine',
  ENOBUFS: 'machine',
  ENOMEM: 'machine',
  EADDRNOTAVAIL: 'machine',
  ENETUNREACH: 'machine',
  ENETDOWN: 'machine',
};

/** Names that OpenSSL and Node give to certificates that do not verify. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|CRL|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE/;

export function errorCodeOf(error: unknown, isTls: boolean): ErrorCode {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return isTls ? 'tls-protocol' : 'reset';
  const known = SYSTEM[code];
  if (known !== undefined) return known;
  if (CERTIFICATE.test(code)) return 'tls-certificate';
  return isTls || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') ? 'tls-protocol' : 'reset';
}

export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && !error.message.includes(code) ? `${code}: ${error.message}` : error.message;
}
