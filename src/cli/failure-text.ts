// Why a URL gave nothing, as a sentence.

import type { ErrorCode, SkipReason } from '../base/errors.ts';
import type { Answered } from './ask.ts';

export const ERRORS: Readonly<Record<ErrorCode, string>> = {
  'dns-not-found': 'there is no such name',
  'dns-failure': 'the name could not be resolved',
  refused: 'nothing listens at that port',
  unreachable: 'no way leads to that address',
  'connect-timeout': 'no connection came about in time',
  'tls-timeout': 'the TLS handshake was not done in time',
  'tls-expired': 'its certificate has expired, or the clock of this machine is wrong; --insecure would take it',
  'tls-not-yet-valid':
    'its certificate is not valid yet, or the clock of this machine is wrong; --insecure would take it',
  'tls-wrong-host': 'its certificate is for another host; --insecure would take it',
  'tls-self-signed': 'it signed its certificate itself, so that nobody vouches for it; --insecure would take it',
  'tls-unknown-issuer':
    'nobody known to this machine vouches for its certificate, or one between is missing; NODE_EXTRA_CA_CERTS names a file with more issuers, and --insecure would take it as it is',
  'tls-certificate': 'its certificate is not to be trusted for another reason; --insecure would take it',
  'tls-protocol': 'no TLS came about: it speaks another protocol, or an older TLS than is safe',
  'first-byte-timeout': 'it was connected and sent nothing in time',
  'idle-timeout': 'it fell silent in the middle of the response',
  'min-rate': 'the response flowed too slowly',
  'max-time': 'the response was not whole within --max-time',
  reset: 'the connection was reset',
  disconnect: 'the connection was closed before the end of the response',
  'http-malformed': 'what came is not HTTP',
  'http-header-size': 'its headers are larger than anyone needs',
  decode: 'its content coding cannot be undone',
  'redirect-loop': 'its redirects lead back to where they were',
  'redirect-limit': 'it redirects more often than --max-redirects allows',
  machine: 'this machine could not do it',
  aborted: 'it was aborted',
};

const REFUSALS: Readonly<Partial<Record<SkipReason, string>>> = {
  address: 'its address is private and not one that the user named, and --allow-private would ask it',
  port: 'its port is not one of the web, and --allow-port would ask it',
  scheme: 'it is neither http nor https',
  'url-length': 'it is longer than servers take',
};

/** `refused: http://h/: nothing listens at that port (connect ECONNREFUSED 127.0.0.1:1).`; null where nothing failed. */
export function failureText({ last, error, reason }: Answered): string | null {
  const code = reason ?? error;
  if (code === null) return null;
  const why = reason === null ? ERRORS[error!] : (REFUSALS[reason] ?? 'it is not asked for');
  return `${code}: ${last.url}: ${why}${last.detail === '' || reason !== null ? '' : ` (${last.detail})`}.`;
}
