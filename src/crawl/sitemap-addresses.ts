// Where the sitemaps of a job may be.

import type { NewSitemap, Sitemap } from '../base/contracts.ts';
import { SITEMAP_DEPTH_MAX } from '../base/limits.ts';
import { addressIn } from '../url/address.ts';
import { hostOf } from '../url/host.ts';
import { joinUrl } from '../url/join.ts';
import { unfit } from '../url/scope.ts';
import type { Admission } from './admission.ts';

/** The sitemap that a host's robots.txt names with this text. */
export function namedAt(written: string, host: string): NewSitemap[] {
  const robots = `${host}/robots.txt`;
  const address = addressIn(written, robots);
  return address === null ? [] : sitemapAt(joinUrl(address, robots), robots, 0);
}

export function sitemapAt(url: string | null, namedIn: string, depth: number): NewSitemap[] {
  if (url === null || unfit(url) !== null || depth > SITEMAP_DEPTH_MAX) return [];
  return [{ url, namedIn, host: hostOf(url), depth }];
}

/**
 * A sitemap may name sitemaps on its own host and on the roots' hosts. One that a root's robots.txt names may be
 * elsewhere, but may name others only under the same rule.
 */
export function mayLead(admission: Admission, from: Sitemap, to: NewSitemap): boolean {
  return to.host === from.host || admission.hasHost(to.url);
}
