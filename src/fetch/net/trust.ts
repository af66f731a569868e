// Whether a server may be trusted, by its certificate. The handshake itself lets every certificate pass, so that its
// failure can be told in words that name what is wrong with it. Nothing is said to the server before it is judged.

import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsFacts } from '../../base/contracts.ts';
import { onDemand } from '../../base/on-demand.ts';
import { type Failure, failureOf } from '../failure.ts';
import type { Origin } from './origins.ts';

const tls = onDemand<typeof import('node:tls')>('node:tls');

/** A certificate whose issuer the server does not send. */
export interface Lacking {
  /** In DER. */
  readonly certificate: Buffer;
  /** Where its issuer can be had, by itself. */
  readonly urls: readonly string[];
}

export interface TrustRules {
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** A chain that lacks the certificate of an issuer was met. */
  readonly onLacking: (origin: Origin, lacking: Lacking) => void;
}

/** Why a connection with TLS is not trusted; null if it is. */
export type Distrust = (origin: Origin, socket: TLSSocket) => Failure | null;

/** No issuer of the chain's last certificate is known. */
const NO_ISSUER: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
/** The last certificate of the chain is the first that nobody here vouches for. */
const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([...NO_ISSUER, 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_UNTRUSTED']);
const ISSUER_URLS = 'CA Issuers - URI';
/** A server may send many. */
const CHAIN_MAX = 10;
const NAMES_SHOWN_MAX = 20;

export function createDistrust({ insecure, onLacking }: TrustRules): Distrust {
  return (origin, socket) => {
    if (insecure || socket.authorized) return null;
    const code = String(socket.authorizationError);
    const leaf = socket.getPeerCertificate(true);
    const last = lastOf(leaf);
    const urls = NO_ISSUER.has(code) ? (last.infoAccess?.[ISSUER_URLS] ?? []) : [];
    if (urls.length > 0) {
      onLacking(origin, { certificate: last.raw, urls });
      const what = `the server does not send the certificate of ${nameOf(last.issuer)}, which issued that of ${nameOf(last.subject)}`;
      return { code: 'tls-incomplete-chain', detail: `${code} ${what}; --aia fetches it from ${urls[0]}` };
    }
    const { hostname } = origin;
    const error = Object.assign(new Error(reasonOf(code, hostname, [leaf, last], socket)), { code });
    return failureOf(error, 'tls', hostname);
  };
}

export function tlsFactsOf(socket: TLSSocket): TlsFacts {
  const { subject, subjectaltname = '', issuer, valid_from, valid_to } = socket.getPeerCertificate();
  const names = subjectaltname.split(', ').filter(Boolean);
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.standardName ?? '',
    subject: nameOf(subject),
    names: names.map((name) => name.replace(/^(?:DNS|IP Address):/, '')),
    issuer: nameOf(issuer),
    validFrom: isoOf(valid_from),
    validTo: isoOf(valid_to),
    isResumed: socket.isSessionReused(),
  };
}

function lastOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate {
  let last = leaf;
  for (let at = 0; at < CHAIN_MAX; at += 1) {
    const { issuerCertificate } = last;
    if (issuerCertificate === undefined || issuerCertificate === last) break;
    last = issuerCertificate;
  }
  return last;
}

function reasonOf(
  code: string,
  hostname: string,
  [leaf, last]: readonly [DetailedPeerCertificate, DetailedPeerCertificate],
  socket: TLSSocket,
): string {
  if (code === 'CERT_HAS_EXPIRED')
    return `a certificate of its chain has expired; its own ends ${isoOf(leaf.valid_to)}`;
  if (code === 'CERT_NOT_YET_VALID')
    return `a certificate of its chain is not valid yet; its own begins ${isoOf(leaf.valid_from)}`;
  if (code.includes('ALTNAME'))
    return tls().checkServerIdentity(hostname, leaf)?.message ?? `it is not for ${hostname}`;
  if (code.startsWith('DEPTH_ZERO_SELF_SIGNED')) return `${nameOf(leaf.subject)} vouches for itself`;
  if (UNKNOWN_ISSUER.has(code))
    return `${nameOf(last.issuer)}, which issued the certificate of ${nameOf(last.subject)}, is not known here`;
  return `a certificate of its chain breaks a rule: ${wordsOf(socket)}`;
}

/** Node has codes for some rules only; for all of them the words of OpenSSL are there. */
function wordsOf(socket: TLSSocket): string {
  const { _handle: handle } = socket as { _handle?: { verifyError?(): Error | null } };
  return handle?.verifyError?.()?.message ?? 'it is not told which';
}

function nameOf(name: Readonly<Record<string, string | string[] | undefined>> | undefined): string {
  const said = name?.['CN'] ?? name?.['O'] ?? Object.values(name ?? {})[0] ?? 'an unnamed one';
  return typeof said === 'string' ? said : said.slice(0, NAMES_SHOWN_MAX).join(', ');
}

/** A certificate may have a date that is none. */
function isoOf(date: string | undefined): string {
  const at = new Date(date ?? '');
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
