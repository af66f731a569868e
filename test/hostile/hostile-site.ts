// The site of one hostile input, on a port of its own: a first page that leads everywhere, a good page, and what is
// hostile.

import type { TlsOptions } from 'node:tls';
import type { Certificate } from '../helpers/certificates.ts';
import { http2Server } from '../helpers/http2-server.ts';
import { type Peer, type RawServer, rawServer } from '../helpers/raw-server.ts';
import { done, type HostileInput, NOT_FOUND, page, type Served, type Told } from './hostile-input.ts';

export type TlsOf = (kind: Exclude<HostileInput['tls'], 'silent' | undefined>) => TlsOptions;

export interface HostileSite extends AsyncDisposable {
  readonly input: HostileInput;
  readonly root: string;
  readonly becomes: Readonly<Record<string, Told>>;
  readonly elsewhere: RawServer | null;
  /** The path and the connection of each request. */
  readonly requests: () => readonly { readonly path: string; readonly head: string; readonly connection: number }[];
}

const GOOD = page('<title>good</title><p>A page like any other.</p>');

export async function openSite(input: HostileInput, tlsOf: TlsOf): Promise<HostileSite> {
  const { serves = {}, tls, host, links = [], hidden = [] } = input;
  const elsewhere = input.elsewhere === undefined ? null : await rawServer((peer) => send(peer, input.elsewhere!, ''));
  const there = elsewhere?.url.replace(/\/$/, '') ?? '';
  const becomes = { ...(tls === 'silent' ? {} : usual(input)), ...input.becomes };
  const leads = [...Object.keys(becomes), ...links].filter(
    (href) => href !== '/' && !href.startsWith('ELSEWHERE') && !hidden.includes(href),
  );
  const first = page(`<title>first</title>${leads.map((href) => `<a href="${href}">x</a>`).join('\n')}`);
  const answer = (path: string): Served => {
    if (Object.hasOwn(serves, path)) return serves[path]!;
    const text = input.site?.(path) ?? null;
    if (text !== null) return page(Buffer.from(text));
    return path === '/' ? first : path === '/good' ? GOOD : NOT_FOUND;
  };
  const secure = tls === undefined || tls === 'silent' ? undefined : tlsOf(tls);
  const asked = (peer: Peer, head: string): null => (tls === 'silent' ? null : send(peer, answer(pathOf(head)), there));
  const server =
    input.http2 === true
      ? await http2Server(secure as Certificate, asked)
      : await rawServer(asked, host === undefined ? '127.0.0.1' : '0.0.0.0', secure);
  const named = host ?? (secure === undefined ? '127.0.0.1' : 'localhost');
  return {
    input,
    root: `${tls === undefined ? 'http' : 'https'}://${named}:${server.port}/`,
    becomes,
    elsewhere,
    requests: () => server.requests.map((request) => ({ ...request, path: pathOf(request.head) })),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await elsewhere?.[Symbol.asyncDispose]();
    },
  };
}

/** The good pages are had, where a host can be asked for anything at all. */
function usual({ becomes, site }: HostileInput): Record<string, Told> {
  const isThere = (becomes['/']?.state ?? 'done') === 'done';
  return isThere ? { '/': done(), ...(site === undefined ? { '/good': done() } : {}) } : {};
}

function pathOf(head: string): string {
  return head.split(' ')[1]!;
}

function send(peer: Peer, served: Served, elsewhere: string): null {
  if (typeof served === 'function') served(peer);
  else if (elsewhere === '') peer.write(served, 'latin1');
  else peer.write(Buffer.from(served).toString('latin1').replaceAll('ELSEWHERE', elsewhere), 'latin1');
  return null;
}
