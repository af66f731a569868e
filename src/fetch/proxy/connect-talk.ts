// An HTTP proxy: CONNECT (RFC 9110, section 9.3.6) for a tunnel, and the absolute form for a plain request.

import type { ErrorCode } from '../../base/errors.ts';
import { headerOf } from '../../base/headers.ts';
import type { Failure } from '../failure.ts';
import type { Origin } from '../net/origins.ts';
import type { ProxyRoute } from './proxy-login.ts';
import { proxyFailure, type Talk, type TunnelEnd } from './talk.ts';

const END = Buffer.from('\r\n\r\n');
/** What squid says of its own errors, with the number of the system's error after it. */
const OF_SQUID: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^ERR_CACHE_(?:MGR_)?ACCESS_DENIED/, 'proxy-auth'],
  [/^ERR_(?:ACCESS_DENIED|TOO_BIG|UNSUP|INVALID)/, 'proxy-refused'],
  [/^ERR_DNS_FAIL/, 'dns-not-found'],
  [/^ERR_CONNECT_FAIL 111/, 'refused'],
  [/^ERR_(?:CONNECT_FAIL 110|READ_TIMEOUT)/, 'connect-timeout'],
  [/^ERR_(?:CONNECT|CANNOT|SECURE_CONNECT|ZERO|READ|WRITE)/, 'unreachable'],
];

export function* connectTalk(proxy: ProxyRoute, { hostname, port }: TunnelEnd): Talk {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  const head = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proxy.login.lineFor('CONNECT', authority)}\r\n`;
  const answer = yield { say: Buffer.from(head, 'latin1'), answer: headLength };
  const [line = '', ...lines] = answer.toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.\d (\d{3})/.exec(line)?.[1];
  if (status === undefined) return proxyFailure(proxy, 'its answer is not HTTP');
  const fields = lines.flatMap((each) => {
    const colon = each.indexOf(':');
    return colon < 1 ? [] : [each.slice(0, colon), each.slice(colon + 1).trim()];
  });
  if (!status.startsWith('2')) return answerFailure(proxy, Number(status), fields);
  proxy.login.accepted(fields);
  return null;
}

function headLength(bytes: Buffer): number {
  const end = bytes.indexOf(END);
  return end < 0 ? 0 : end + END.length;
}

/** Whether the proxy of an origin gets the requests themselves, and answers for the origin. */
export function takesWholeRequests({ isSecure, route }: Pick<Origin, 'isSecure' | 'route'>): boolean {
  return route !== null && !isSecure && !route.scheme.startsWith('socks');
}

/**
 * The request as a proxy gets it: with the whole URL and the proxy's own credentials, which stand nowhere else. The
 * head begins with `GET /path`.
 */
export function absoluteHead(head: string, { key, route }: Origin): string {
  const path = head.indexOf(' ') + 1;
  const fields = head.indexOf('\r\n') + 2;
  const [method, target] = head.slice(0, fields).split(' ', 2) as [string, string];
  const line = route!.login.lineFor(method, key + target);
  return `${head.slice(0, path)}${key}${head.slice(path, fields)}${line}${head.slice(fields)}`;
}

/**
 * What is wrong if this response to a plain request is the proxy's own; null if it is the origin's. Only a proxy has
 * 407 (RFC 9110, section 15.5.8), and squid names its errors.
 */
export function ownFailure(proxy: ProxyRoute, status: number, headers: readonly string[]): Failure | null {
  const isOwn = status === 407 || headerOf(headers, 'x-squid-error') !== undefined;
  return isOwn ? answerFailure(proxy, status, headers) : null;
}

function answerFailure(proxy: ProxyRoute, status: number, headers: readonly string[]): Failure {
  const squid = headerOf(headers, 'x-squid-error') ?? '';
  if (status === 407)
    return { code: 'proxy-auth', detail: `the proxy ${proxy.label} ${proxy.login.refused(headers)} (407)` };
  const said = `${status}${squid === '' ? '' : `, ${squid}`}`;
  const named = OF_SQUID.find(([words]) => words.test(squid))?.[1];
  const code = named ?? (status < 500 ? 'proxy-refused' : 'unreachable');
  const what = code === 'proxy-refused' ? 'refuses that host or port' : 'could not reach it';
  return { code, detail: `the proxy ${proxy.label} ${what} (${said})` };
}
