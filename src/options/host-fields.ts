// The header fields and logins that the settings of hosts add to requests.

import { partsOf } from '../url/host.ts';
import { type HostParts, hostPatternOf, matchesHost } from '../url/host-pattern.ts';
import { createHostRules, type HostTable } from './host-settings.ts';

/** What is secret, for one origin. */
export interface HostCredentials {
  readonly origin: string;
  /** Name, value, name, value. */
  readonly fields: readonly string[];
  /** USER:PASS */
  readonly login: string | undefined;
}

/** The fields for a host that are no secrets; `names` are those of secrets. */
export function hostFields(
  hosts: HostTable | null,
  names: ReadonlySet<string>,
): (parts: HostParts) => readonly string[] {
  const rulesOf = createHostRules(hosts);
  return (parts) => {
    const { userAgent, headers = [] } = rulesOf(parts) ?? {};
    const open = picked(headers, (name) => !names.has(name));
    return userAgent === undefined ? open : ['User-Agent', userAgent, ...open];
  };
}

/**
 * The secrets of each host go to its https, and to those of the `origins` of the roots that it names: so they go over
 * http only where a root does, or where the name of the host says http.
 */
export function hostCredentials(
  hosts: HostTable | null,
  origins: ReadonlySet<string>,
  names: ReadonlySet<string>,
): HostCredentials[] {
  return Object.entries(hosts ?? {}).flatMap(([host, { auth, headers = [] }]) => {
    const fields = picked(headers, (name) => names.has(name));
    if (auth === undefined && fields.length === 0) return [];
    const pattern = hostPatternOf(host)!;
    const scheme = pattern.isSecure === false ? 'http' : 'https';
    const own = pattern.isWild ? [] : [URL.parse(`${scheme}://${host.trim().replace(/^.*:\/\//, '')}`)!.origin];
    const all = new Set([...own, ...[...origins].filter((origin) => matchesHost(pattern, partsOf(origin)))]);
    return [...all].map((origin) => ({ origin, fields, login: auth }));
  });
}

function picked(headers: readonly string[], isWanted: (name: string) => boolean): string[] {
  return headers.filter((_, at) => isWanted(headers[at - (at % 2)]!.toLowerCase()));
}
