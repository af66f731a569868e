// The private addresses that names have now: what the user who typed the names means by them.

import type { Clock } from '../../base/clock.ts';
import { LOOKUPS_AT_ONCE_MAX } from '../../base/limits.ts';
import { isPublicAddress } from './address.ts';
import type { DnsCache } from './dns.ts';

/** The private addresses of each name; null if there was no answer in time. "No such name" is an answer. */
export async function privateAddresses(
  dns: DnsCache,
  clock: Clock,
  hostnames: readonly string[],
  withinMs: number,
): Promise<ReadonlyMap<string, readonly string[] | null>> {
  const found = new Map<string, readonly string[] | null>(hostnames.map((hostname) => [hostname, null]));
  const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(withinMs, resolve);
  let isOver = false;
  const waiting = hostnames.values();
  const work = async (): Promise<void> => {
    for (const hostname of waiting) {
      const { addresses, failure } = await dns.resolve(hostname);
      if (isOver) return;
      const isAnswer = failure === null || failure.code === 'dns-not-found';
      if (isAnswer)
        found.set(
          hostname,
          addresses.filter((address) => !isPublicAddress(address)),
        );
    }
  };
  await Promise.race([timeIsUp, Promise.all(Array.from({ length: LOOKUPS_AT_ONCE_MAX }, work))]);
  isOver = true;
  timer.cancel();
  return found;
}
