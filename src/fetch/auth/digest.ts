// HTTP Digest (RFC 7616): what a challenge asks for, and the field that answers it. Texts are sequences of octets, as
// the wire has them: each character stands for one.

import { onDemand } from '../../base/on-demand.ts';
import { type Challenge, readParameters } from './challenges.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

const HASHES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  /** As the server wrote it; null if it named no algorithm, which means MD5. */
  readonly algorithm: string | null;
  /** The name of the hash in Node. */
  readonly hash: string;
  readonly isSession: boolean;
  /** False for servers of before 1999, which know no `qop`. */
  readonly hasQop: boolean;
  readonly isUtf8: boolean;
  readonly hidesUser: boolean;
  /** The URIs of its protection space, as written; empty for all of the server. */
  readonly domain: readonly string[];
  /** The nonce was old, and the password right. */
  readonly isStale: boolean;
}

/** What is known of a challenge while it is answered again and again. */
export interface DigestSession {
  readonly challenge: DigestChallenge;
  readonly cnonce: string;
  /** H(A1). A session keeps the one of its first nonce (RFC 7616, section 3.4.2). */
  readonly secret: string;
  nonce: string;
  /** How many requests had the nonce. */
  uses: number;
}

interface Login {
  readonly user: string;
  readonly password: string;
}

/** What the challenge asks for; where it cannot be answered, why not. */
export function readDigest({ parameters }: Challenge): DigestChallenge | string {
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  if (realm === undefined || nonce === undefined) return 'Digest without a realm or a nonce';
  const algorithm = parameters.get('algorithm') ?? null;
  const [, name, session] = /^(.*?)(-sess)?$/i.exec((algorithm ?? 'MD5').toUpperCase())!;
  const hash = HASHES[name!];
  if (hash === undefined) return `Digest with the algorithm ${JSON.stringify(algorithm)}, which is not known here`;
  const qop = parameters.get('qop');
  const hasQop = qop !== undefined && qop.trim() !== '';
  const offered = (qop ?? '').toLowerCase().split(/[\s,]+/);
  if (hasQop && !offered.includes('auth'))
    return `Digest with qop=${JSON.stringify(qop)} alone, where only "auth" is known here`;
  return {
    ...{ realm, nonce, algorithm, hash, hasQop },
    opaque: parameters.get('opaque') ?? null,
    isSession: session !== undefined,
    isUtf8: parameters.get('charset')?.toUpperCase() === 'UTF-8',
    hidesUser: parameters.get('userhash')?.toLowerCase() === 'true',
    domain: (parameters.get('domain') ?? '').split(/\s+/).filter(Boolean),
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

export function beginDigest(
  challenge: DigestChallenge,
  { user, password }: Login,
  cnonce: string = crypto().randomBytes(18).toString('base64url'),
): DigestSession {
  const { hash, realm, nonce, isSession } = challenge;
  const own = hashed(hash, `${octets(user)}:${realm}:${octets(password)}`);
  const secret = isSession ? hashed(hash, `${own}:${nonce}:${cnonce}`) : own;
  return { challenge, cnonce, secret, nonce, uses: 0 };
}

/** The value of the Authorization field for one more request; `uri` is its path with its query. */
export function digestField(
  session: DigestSession,
  { user }: Pick<Login, 'user'>,
  method: string,
  uri: string,
): string {
  const { challenge, cnonce, secret, nonce } = session;
  const { realm, hash, algorithm, opaque, hasQop, isSession, hidesUser } = challenge;
  session.uses += 1;
  const nc = session.uses.toString(16).padStart(8, '0');
  const asked = hashed(hash, `${method}:${uri}`);
  const response = hashed(hash, `${secret}:${nonce}:${hasQop ? `${nc}:${cnonce}:auth:` : ''}${asked}`);
  const name = hidesUser ? `username=${quoted(hashed(hash, `${octets(user)}:${realm}`))}` : userOf(user, challenge);
  const parts = [name, `realm=${quoted(realm)}`, `uri=${quoted(uri)}`];
  if (algorithm !== null) parts.push(`algorithm=${algorithm}`);
  parts.push(`nonce=${quoted(nonce)}`);
  if (hasQop) parts.push(`nc=${nc}`);
  if (hasQop || isSession) parts.push(`cnonce=${quoted(cnonce)}`);
  if (hasQop) parts.push('qop=auth');
  parts.push(`response=${quoted(response)}`);
  if (opaque !== null) parts.push(`opaque=${quoted(opaque)}`);
  if (hidesUser) parts.push('userhash=true');
  return `Digest ${parts.join(', ')}`;
}

/** The server may name the nonce that it wants next, in a field of its response (RFC 7616, section 3.5). */
export function takeNextNonce(session: DigestSession, info: string | undefined): void {
  const next = info === undefined ? undefined : readParameters(info).get('nextnonce');
  if (next === undefined || next === session.nonce) return;
  session.nonce = next;
  session.uses = 0;
}

/** A name beyond ASCII has a form of its own where the server reads UTF-8 (RFC 7616, section 3.4; RFC 8187). */
function userOf(user: string, { isUtf8 }: DigestChallenge): string {
  if (!isUtf8 || /^[\x20-\x7e]*$/.test(user)) return `username=${quoted(octets(user))}`;
  const coded = encodeURIComponent(user).replace(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return `username*=UTF-8''${coded}`;
}

function hashed(algorithm: string, text: string): string {
  return crypto().hash(algorithm, Buffer.from(text, 'latin1'), 'hex');
}

function octets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
