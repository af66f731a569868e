// Why a URL gave no response, as a sentence.

import type { ErrorCode, SkipReason } from '../base/errors.ts';
import type { Answered } from './ask.ts';

export const ERRORS: Readonly<Record<ErrorCode, string>> = {
  'dns-not-found': 'there is no such name',
  'dns-failure': 'the name could not be resolved',
  refused: 'nothing listens on that port',
  unreachable: 'there is no route to that address',
  'connect-timeout': 'the connection was not made in time',
  'tls-timeout': 'the TLS handshake did not finish in time',
  'tls-expired': 'its certificate has expired, or the clock of this machine is wrong; --insecure accepts it',
  'tls-not-yet-valid': 'its certificate is not valid yet, or the clock of this machine is wrong; --insecure accepts it',
  'tls-wrong-host': 'its certificate is for another host; --insecure accepts it',
  'tls-self-signed': 'its certificate is self-signed; --insecure accepts it',
  'tls-unknown-issuer':
    'its certificate has no issuer that this machine trusts, or an intermediate certificate is missing; NODE_EXTRA_CA_CERTS names a file with more issuers, and --insecure accepts it',
  'tls-certificate': 'its certificate cannot be trusted for another reason; --insecure accepts it',
  'tls-protocol':
    'the TLS handshake failed: it speaks another protocol or a TLS version that is not safe, or wants a certificate from us',
  'first-byte-timeout': 'it was connected and sent nothing in time',
  'idle-timeout': 'it stopped sending in the middle of the response',
  'min-rate': 'the response came too slowly',
  'max-time': 'the response did not finish within --max-time',
  reset: 'the connection was reset',
  disconnect: 'the connection was closed before the end of the response',
  'http-malformed': 'the response is not HTTP',
  'http-header-size': 'its headers are too large',
  decode: 'its content coding cannot be decoded',
  'redirect-loop': 'its redirects form a circle',
  'redirect-limit': 'it redirects more often than --max-redirects allows',
  machine: 'this machine could not do it',
  aborted: 'it was aborted',
};

const REFUSALS: Readonly<Partial<Record<SkipReason, string>>> = {
  address: 'its address is private and no root has it; --allow-private allows it',
  port: 'its port is unusual for the web; --allow-port allows it',
  scheme: 'it is neither http nor https',
  'url-length': 'it is longer than servers accept',
};

/** `refused: http://h/: nothing listens on that port (connect ECONNREFUSED 127.0.0.1:1).`; null if nothing failed. */
export function failureText({ last, error, reason }: Answered): string | null {
  const code = reason ?? error;
  if (code === null) return null;
  const why = reason === null ? ERRORS[error!] : (REFUSALS[reason] ?? 'it is not asked for');
  return `${code}: ${last.url}: ${why}${last.detail === '' || reason !== null ? '' : ` (${last.detail})`}.`;
}
