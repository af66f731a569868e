// Decides which private addresses the user's roots allow. A literal address and `localhost` are allowed as written. A
// name is allowed only with the address that it has when the job begins, because its owner may later point it
// elsewhere: into the network of the machine that crawls.

import type { RootAddresses } from '../base/contracts.ts';
import type { JobReader } from '../base/ledger.ts';
import { ROOT_LOOKUPS_MAX_MS } from '../base/limits.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import { hostnameOf } from '../url/host.ts';

/** The private hosts and addresses that a client may request. */
interface MeantRules {
  readonly allowedHosts: readonly string[];
  readonly allowedAddresses: Map<string, readonly string[]>;
}

/** What a job knows of its roots. */
export interface KnownRoots extends RootAddresses {
  readonly hosts: JobReader['hosts'];
}

/** What these URLs allow as written. Their names allow nothing yet. */
export function rulesOf(urls: readonly string[]): MeantRules {
  return { allowedHosts: hostnamesOf(urls).filter(isLiteral), allowedAddresses: new Map() };
}

/**
 * Adds the private addresses that the names had when the job began. Addresses that were stored then are not looked up
 * again. A name without an answer then, whose host has answered since, led to an address that was allowed without this:
 * nothing else is allowed to it.
 */
export async function allowNames(
  { allowedAddresses }: MeantRules,
  urls: readonly string[],
  ask: Fetcher['privateAddresses'],
  kept?: KnownRoots,
): Promise<void> {
  const known = kept?.known() ?? null;
  const names = hostnamesOf(urls).filter((name) => !isLiteral(name));
  const unknown = names.filter((name) => known === null || known.get(name) === null);
  const settled = known === null || unknown.length === 0 ? new Set<string>() : await answeredOf(unknown, kept!);
  const asked = unknown.filter((name) => !settled.has(name));
  const found = asked.length === 0 ? [] : await ask(asked, ROOT_LOOKUPS_MAX_MS);
  const all = new Map([...(known ?? []), ...[...settled].map((name) => [name, []] as const), ...found]);
  for (const [name, addresses] of all) {
    if (addresses?.length === 0) all.delete(name);
    else if (addresses !== null) allowedAddresses.set(name, addresses);
  }
  if (unknown.length > 0) await kept?.keep(all);
}

async function answeredOf(names: readonly string[], { hosts }: KnownRoots): Promise<ReadonlySet<string>> {
  const wanted = new Set(names);
  const found = new Set<string>();
  for await (const page of hosts()) {
    for (const { host, answered } of page) {
      const name = hostnameOf(host);
      if (answered && wanted.has(name)) found.add(name);
    }
  }
  return found;
}

function hostnamesOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map(hostnameOf))];
}

// In a URL an IPv4 address is always written as four numbers, and no name ends in a number.
function isLiteral(hostname: string): boolean {
  return hostname === 'localhost' || hostname.includes(':') || /^\d+(\.\d+){3}$/.test(hostname);
}
