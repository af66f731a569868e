// The header fields and the logins that the user adds to requests: some go to every host, secrets only to the origins
// of the roots, and what is for one origin only there.

import { headerOf } from '../base/headers.ts';
import { secretNames } from '../base/secrets.ts';
import type { HostParts } from '../url/host-pattern.ts';
import { forOrigin } from './by-origin.ts';
import { hostCredentials, hostFields } from './host-fields.ts';
import type { CrawlOptions } from './options.ts';

/** A user with a password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface RequestFields {
  /** The fields for every host, as name, value, name, value. */
  readonly headers: readonly string[];
  readonly secrets: {
    /** The origins of the roots. */
    readonly origins: ReadonlySet<string>;
    /** The fields for these origins. */
    readonly headers: readonly string[];
    /** The fields for one origin, by origin. */
    readonly own: ReadonlyMap<string, readonly string[]>;
  };
  /** The fields for a host, besides its secrets. */
  readonly ofHost: (parts: HostParts) => readonly string[];
  /** By origin. An Authorization of the user's own leaves no login for its origin. */
  readonly logins: ReadonlyMap<string, Login>;
}

/** A login that a file has for a machine; for every machine if that is null. */
export interface MachineLogin extends Login {
  readonly machine: string | null;
}

type Wishes = Pick<CrawlOptions, 'roots' | 'headers' | 'secretHeaders' | 'auth'> &
  Partial<Pick<CrawlOptions, 'referer' | 'hosts'>>;

/** `machines` are the logins of a file: an option wins over them. */
export function requestFields(
  { roots, referer = null, hosts = null, headers, secretHeaders, auth }: Wishes,
  machines: readonly MachineLogin[] = [],
): RequestFields {
  const names = secretNames(secretHeaders);
  const open: string[] = referer === null || headerOf(headers, 'referer') !== undefined ? [] : ['Referer', referer];
  const secret: string[] = [];
  const own = new Map<string, string[]>();
  for (let at = 0; at < headers.length; at += 2) {
    const { origin, value: name } = forOrigin(headers[at]!)!;
    const list = origin !== null ? (own.get(origin) ?? []) : names.has(name.toLowerCase()) ? secret : open;
    list.push(name, headers[at + 1]!);
    if (origin !== null) own.set(origin, list);
  }
  const origins = secretOrigins(roots);
  const ofHosts = hostCredentials(hosts, origins, names);
  for (const { origin, fields } of ofHosts)
    if (fields.length > 0) own.set(origin, [...fields, ...(own.get(origin) ?? [])]);
  const logins = new Map<string, Login>();
  // What is said later wins over what is said before.
  addMachines(logins, machines, origins);
  const said = auth.map((text) => forOrigin(text)!);
  const isForAll = headerOf(secret, 'authorization') !== undefined;
  if (isForAll) for (const origin of origins) logins.delete(origin);
  for (const { origin, value } of said)
    if (origin === null && !isForAll) for (const each of origins) logins.set(each, loginOf(value));
  for (const { origin, login } of ofHosts) if (login !== undefined) logins.set(origin, loginOf(login));
  for (const { origin, value } of said) if (origin !== null) logins.set(origin, loginOf(value));
  for (const [origin, fields] of own) if (headerOf(fields, 'authorization') !== undefined) logins.delete(origin);
  return { headers: open, secrets: { origins, headers: secret, own }, ofHost: hostFields(hosts, names), logins };
}

/** The names of the secrets of the roots that are left out of a request for `url`. */
export function withheldFrom({ secrets, logins }: Pick<RequestFields, 'secrets' | 'logins'>, url: string): string[] {
  const { origin } = new URL(url);
  const { origins, headers, own } = secrets;
  if (origins.has(origin)) return [];
  const names = new Set(headers.filter((_, at) => at % 2 === 0));
  if ([...origins].some((each) => logins.has(each)) && headerOf(headers, 'authorization') === undefined)
    names.add('Authorization');
  const isSent = (name: string): boolean =>
    headerOf(own.get(origin) ?? [], name) !== undefined || (name === 'Authorization' && logins.has(origin));
  return [...names].filter((name) => !isSent(name));
}

/** Whether the URL is http while a root is https: no secret goes there, even if the URL is a root too. */
export function isDowngrade(url: string, roots: readonly string[]): boolean {
  return url.startsWith('http:') && roots.some((root) => root.startsWith('https:'));
}

function loginOf(text: string): Login {
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The login of a machine goes to the origins of the roots there, and to its https on the default port. A login for
 * every machine goes to the origins of the roots alone: a page of anybody may link to any machine.
 */
function addMachines(
  logins: Map<string, Login>,
  machines: readonly MachineLogin[],
  origins: ReadonlySet<string>,
): void {
  const byHost = machines.length === 0 ? new Map<string, string[]>() : Map.groupBy(origins, hostnameOf);
  for (const { machine, ...login } of machines.toReversed()) {
    const here = machine === null ? origins : (byHost.get(machine) ?? []);
    for (const origin of here) logins.set(origin, login);
    const safe = machine === null ? null : URL.parse(`https://${machine}`);
    if (safe !== null) logins.set(safe.origin, login);
  }
}

function hostnameOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, '');
}

/**
 * The origins of the roots, which may receive the secrets. If a root is https the secrets may be meant for it, so no
 * http origin gets them. An http root on the default port adds its https origin: most sites redirect http to https, and
 * on the default ports both belong to the owner of the host.
 */
function secretOrigins(roots: readonly string[]): Set<string> {
  const origins = new Set<string>();
  // Asked once: of very many roots each would be compared with all others.
  const isHttpOnly = !roots.some((root) => root.startsWith('https:'));
  for (const root of roots) {
    const { origin, protocol, port, host } = new URL(root);
    if (isHttpOnly || protocol !== 'http:') origins.add(origin);
    if (protocol === 'http:' && port === '') origins.add(`https://${host}`);
  }
  return origins;
}
