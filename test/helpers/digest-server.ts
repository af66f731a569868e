// The server's side of HTTP Digest, written from RFC 7616 and not from our client: it lets a request in, or says what
// to ask of it.

import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface DigestWishes {
  readonly user: string;
  readonly password: string;
  readonly realm?: string;
  /** Written into the challenge as they stand. */
  readonly algorithm?: string;
  readonly qop?: string | null;
  readonly more?: string;
  /** A nonce is good for so many requests. */
  readonly uses?: number;
  /** Each answer names the next nonce. */
  readonly namesNext?: boolean;
  /** It is a proxy that asks. */
  readonly isProxy?: boolean;
  /** What stands in other challenges. */
  readonly others?: readonly string[];
}

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

export interface DigestGate {
  /** How many requests were answered with a challenge. */
  refused: number;
  /** The Authorization fields that came. */
  readonly came: string[];
  /** Whether the request may pass; if not, it is answered. */
  admits(request: IncomingMessage, response: ServerResponse): boolean;
}

export function digestGate(wishes: DigestWishes): DigestGate {
  const { user, password, realm = 'a place', algorithm, qop = 'auth', more = '', others = [] } = wishes;
  const { uses = Number.POSITIVE_INFINITY, namesNext = false, isProxy = false } = wishes;
  const nonces = new Map<string, number>();
  const newNonce = (): string => {
    const nonce = randomBytes(12).toString('base64');
    nonces.set(nonce, 0);
    return nonce;
  };
  const name = HASHES[(algorithm ?? 'MD5').replace(/-sess$/i, '')] ?? 'md5';
  const hashed = (text: string): string => hash(name, Buffer.from(text, 'utf8'), 'hex');
  const isRight = (request: IncomingMessage, said: Readonly<Record<string, string>>): boolean => {
    const { nonce = '', nc = '', cnonce = '', uri = '' } = said;
    const own = hashed(`${user}:${realm}:${password}`);
    const a1 = /-sess$/i.test(algorithm ?? '') ? hashed(`${own}:${nonce}:${cnonce}`) : own;
    const middle = qop === null ? '' : `${nc}:${cnonce}:${said['qop']}:`;
    const response = hashed(`${a1}:${nonce}:${middle}${hashed(`${request.method}:${uri}`)}`);
    const isUser = [user, hashed(`${user}:${realm}`), `UTF-8''${encodeURIComponent(user)}`].includes(
      said['username'] ?? said['username*'] ?? '',
    );
    return isUser && uri === request.url && said['realm'] === realm && said['response'] === response;
  };
  const gate: DigestGate = {
    refused: 0,
    came: [],
    admits(request, response) {
      const field = Buffer.from(
        request.headers[isProxy ? 'proxy-authorization' : 'authorization'] ?? '',
        'latin1',
      ).toString();
      if (field !== '') gate.came.push(field);
      const said: Record<string, string> = {};
      for (const [, key, quoted, bare] of field.matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))/g))
        said[key!] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare!;
      const isMeant = field.startsWith('Digest ') && isRight(request, said);
      const used = nonces.get(said['nonce'] ?? '');
      // Each number is used once, and they grow.
      const isNext = qop === null || Number.parseInt(said['nc'] ?? '', 16) === (used ?? 0) + 1;
      if (isMeant && used !== undefined && used < uses && isNext) {
        nonces.set(said['nonce']!, used + 1);
        if (namesNext) response.setHeader(`${isProxy ? 'proxy-' : ''}authentication-info`, `nextnonce="${newNonce()}"`);
        return true;
      }
      gate.refused += 1;
      const parts = [`realm="${realm.replace(/["\\]/g, '\\$&')}"`, `nonce="${newNonce()}"`, `opaque="o=,p\\"q"`];
      if (qop !== null) parts.push(`qop="${qop}"`);
      if (algorithm !== undefined) parts.push(`algorithm=${algorithm}`);
      if (isMeant) parts.push('stale=true');
      if (more !== '') parts.push(more);
      response.writeHead(isProxy ? 407 : 401, {
        [isProxy ? 'proxy-authenticate' : 'www-authenticate']: [...others, `Digest ${parts.join(', ')}`],
      });
      response.end('no');
      return false;
    },
  };
  return gate;
}
