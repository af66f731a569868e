// How much a job reads at the most, by its options.

import type { ThrottleRules } from '../fetch/throttle.ts';
import { createHostRules } from '../options/host-settings.ts';
import type { CrawlOptions } from '../options/options.ts';
import { type Rate, rateOf } from '../options/rates.ts';
import { matchesHost } from '../url/host-pattern.ts';

/** Undefined if nothing is limited. Of several rates for a host the one with the most exact name counts. */
export function rateRules({ rateLimit, hosts }: Pick<CrawlOptions, 'rateLimit' | 'hosts'>): ThrottleRules | undefined {
  const isOfSome = Object.values(hosts ?? {}).some((each) => each.rateLimit !== undefined);
  if (rateLimit.length === 0 && !isOfSome) return undefined;
  const rulesOf = createHostRules(hosts);
  const rates = rateLimit.map((text) => rateOf(text)!);
  const ofHosts = rates.filter(isOfHost).sort((a, b) => a.host.exactness - b.host.exactness);
  return {
    bytesPerSecond: rates.findLast(({ host }) => host === null)?.bytesPerSecond ?? null,
    ofHost: (parts) =>
      ofHosts.findLast(({ host }) => matchesHost(host, parts))?.bytesPerSecond ?? rulesOf(parts)?.rateLimit ?? null,
  };
}

function isOfHost(rate: Rate): rate is Rate & { readonly host: NonNullable<Rate['host']> } {
  return rate.host !== null;
}
