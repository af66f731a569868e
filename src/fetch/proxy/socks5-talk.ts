// SOCKS5 (RFC 1928), with user name and password (RFC 1929).

import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ErrorCode } from '../../base/errors.ts';
import type { ProxyAddress } from '../../url/proxy.ts';
import type { Failure } from '../failure.ts';
import { proxyFailure, type Remark, type Talk, type TunnelEnd } from './talk.ts';

const VERSION = 5;
const METHOD = { open: 0, password: 2 } as const;
const REPLIES: readonly (readonly [code: ErrorCode, words: string])[] = [
  ['proxy-failed', 'it gives a reason that is not in the standard'],
  ['unreachable', 'it could not reach it'],
  ['proxy-refused', 'its rules do not allow it'],
  ['unreachable', 'the network cannot be reached'],
  ['unreachable', 'the host cannot be reached'],
  ['refused', 'nothing listens on that port'],
  ['connect-timeout', 'the connection was not made in time'],
  ['proxy-refused', 'it does not make connections'],
  ['proxy-refused', 'it does not take addresses of that kind'],
];

export function* socks5Talk(proxy: ProxyAddress, end: TunnelEnd): Talk {
  const { username, password, label } = proxy;
  const hasCredentials = username !== '' || password !== '';
  const methods = hasCredentials ? [METHOD.open, METHOD.password] : [METHOD.open];
  const [version, method] = yield { say: Uint8Array.of(VERSION, methods.length, ...methods), answer: exactly(2) };
  if (version !== VERSION) return proxyFailure(proxy, 'it does not speak SOCKS5');
  if (method === METHOD.password && hasCredentials) {
    const say = Buffer.concat([Uint8Array.of(1), counted(username), counted(password)]);
    const [, status] = yield { say, answer: exactly(2) };
    if (status !== 0) return unwelcome(proxy);
  } else if (method !== METHOD.open) return unwelcome(proxy);
  const reply = yield { say: requestFor(end), answer: replyLength };
  const code = reply[1]!;
  if (reply[0] !== VERSION) return proxyFailure(proxy, 'it does not speak SOCKS5');
  if (code === 0) return null;
  const [error, words] = REPLIES[code] ?? REPLIES[0]!;
  return { code: error, detail: `the proxy ${label}: ${words} (SOCKS5 reply ${code})` };
}

function unwelcome({ label, username }: ProxyAddress): Failure {
  const what = username === '' ? 'wants a user name and a password' : 'refuses this user name and password';
  return { code: 'proxy-auth', detail: `the proxy ${label} ${what}` };
}

/** Asks for a connection. Without the user's wish for it nothing here resolves a name. */
function requestFor({ hostname, isAddress, port }: TunnelEnd): Buffer {
  const type = !isAddress ? 3 : isIPv4(hostname) ? 1 : 4;
  const address = isAddress ? Uint8Array.from(ipaddr.parse(hostname).toByteArray()) : counted(hostname);
  return Buffer.concat([Uint8Array.of(VERSION, 1, 0, type), address, Uint8Array.of(port >> 8, port & 0xff)]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

function exactly(wanted: number): Remark['answer'] {
  return ({ length }) => (length >= wanted ? wanted : 0);
}

/** Version, reply, zero, type, address, port. */
function replyLength(bytes: Buffer): number {
  if (bytes.length < 5) return 0;
  const address = bytes[3] === 1 ? 4 : bytes[3] === 4 ? 16 : 1 + bytes[4]!;
  return exactly(4 + address + 2)(bytes);
}
