// The text of a request. All GETs of an origin differ only in the path, so the rest is made once.

import type { Request } from '../../base/contracts.ts';
import { UsageError } from '../../base/errors.ts';
import { headerOf } from '../../base/headers.ts';
import type { Origin, OriginParts } from '../net/origins.ts';

export interface RequestHeadOptions {
  readonly userAgent: string;
  /** Headers sent with each request, as name, value, name, value. They replace defaults of the same name. */
  readonly headers: readonly string[];
  readonly secrets: {
    /** Headers sent only to these origins (scheme://host[:port]). */
    readonly origins: ReadonlySet<string>;
    readonly headers: readonly string[];
    /** Headers sent to one origin alone, by origin. They replace others of the same name. */
    readonly own?: ReadonlyMap<string, readonly string[]>;
  };
  /** Headers for a host, which replace those for every host. */
  readonly ofHost?: ((parts: OriginParts) => readonly string[]) | undefined;
}

/** What follows the path in the bytes of the request, as latin1 text. Usual requests of an origin share one string. */
export type RequestTail = (request: Request, origin: Origin) => string;

// Headers that would make the end of a GET unclear (RFC 9112, section 6) are never sent.
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/**
 * Makes the text of requests, but for its method and its path.
 * @throws UsageError if a header of the user is not valid.
 */
export function createRequestTail(options: RequestHeadOptions): RequestTail {
  const { secrets } = options;
  const forOne = secrets.own ?? new Map<string, readonly string[]>();
  const own = ['User-Agent', options.userAgent, ...options.headers, ...secrets.headers, ...[...forOne.values()].flat()];
  const unsafe = unsafeHeaderOf(own);
  if (unsafe !== null) throw new UsageError(`headers: ${JSON.stringify(unsafe)} cannot be sent as a header of HTTP.`);
  const open = options.headers;
  const all = [...open, ...secrets.headers];

  function tailOf(origin: Origin, extra: readonly string[], cookies = '', form?: Request['form']): string {
    const defaults = [
      ...['Host', origin.host, 'User-Agent', options.userAgent, 'Accept', '*/*'],
      ...['Accept-Encoding', 'gzip, deflate, br, zstd', 'Connection', 'keep-alive'],
    ];
    const general = replaced(defaults, secrets.origins.has(origin.key) ? all : open);
    const special = [...(options.ofHost?.(origin) ?? []), ...(forOne.get(origin.key) ?? [])];
    const given = replaced(replaced(general, special), extra);
    // What a proxy wants is told to the proxy alone, by its own address.
    const own = origin.route === null ? given : without('proxy-authorization', given);
    const fields = [...withCookies(own, cookies), ...(form === undefined ? [] : fieldsOfForm(form))];
    const tail = [' HTTP/1.1\r\n'];
    for (let at = 0; at < fields.length; at += 2) tail.push(fields[at]!, ': ', fields[at + 1]!, '\r\n');
    tail.push('\r\n', form?.body ?? '');
    // What is added up with + stays in memory as all of its parts, and thousands of origins keep theirs.
    return tail.join('');
  }

  return ({ headers = [], cookies, form }, origin) => {
    if (headers.length > 0 || cookies !== undefined || form !== undefined) {
      return tailOf(origin, headers, cookies, form);
    }
    origin.headTail ??= tailOf(origin, []);
    return origin.headTail;
  };
}

/** The name of the first header that cannot be sent as it stands (RFC 9110, section 5); null if all can. */
export function unsafeHeaderOf(headers: readonly string[]): string | null {
  for (let at = 0; at < headers.length; at += 2) {
    const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(headers[at]!);
    if (!isToken || !/^[\t\x20-\x7e\x80-\xff]*$/.test(headers[at + 1] ?? '\0')) return headers[at]!;
  }
  return null;
}

function fieldsOfForm({ type, body }: NonNullable<Request['form']>): string[] {
  return ['Content-Type', type, 'Content-Length', String(body.length)];
}

/** A server reads one Cookie field. Of two cookies with one name, the user's own is sent. */
function withCookies(fields: readonly string[], cookies: string): readonly string[] {
  if (cookies === '') return fields;
  const own = headerOf(fields, 'cookie');
  if (own === undefined) return [...fields, 'Cookie', cookies];
  const names = new Set(own.split(';').map(nameOf));
  const more = cookies.split('; ').filter((pair) => !names.has(nameOf(pair)));
  return replaced(fields, ['Cookie', [own, ...more].join('; ')]);
}

function nameOf(pair: string): string {
  return /^\s*([^=]*?)\s*=/.exec(pair)?.[1] ?? '';
}

function without(name: string, fields: readonly string[]): string[] {
  return fields.filter((_, at) => fields[at - (at % 2)]!.toLowerCase() !== name);
}

function replaced(fields: readonly string[], by: readonly string[]): string[] {
  const names = new Set<string>();
  for (let at = 0; at < by.length; at += 2) names.add(by[at]!.toLowerCase());
  const kept: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    if (!names.has(fields[at]!.toLowerCase())) kept.push(fields[at]!, fields[at + 1]!);
  }
  for (let at = 0; at < by.length; at += 2) {
    if (!FRAMING.has(by[at]!.toLowerCase())) kept.push(by[at]!, by[at + 1]!);
  }
  return kept;
}
