// What the user should know about a crawl that goes through proxies.

import type { CrawlOptions } from '../../options/options.ts';
import { proxyOf } from '../../url/proxy.ts';
import { quoted } from '../shell.ts';

const UNSEEN = 'It resolves the names, so whether a name leads to a private address cannot be checked here.';
const CHECKED = 'Addresses in URLs, local names and ports are checked as ever.';

/** Which proxies are used, and what the guard cannot check because of them. */
export function proxyLines({ proxy, proxyFile }: Pick<CrawlOptions, 'proxy' | 'proxyFile'>): string[] {
  const proxies = proxy.map((each) => proxyOf(each)!);
  const named = proxies.map(({ only, label }) => `${label}${only === null ? '' : ` (for ${only})`}`);
  if (proxyFile !== null) named.push(`the proxies in ${quoted(proxyFile)}`);
  if (named.length === 0) return [];
  const isUnseen = proxyFile !== null || proxies.some(({ scheme }) => scheme !== 'socks5');
  return [`Requests go through ${named.join(', ')}.${isUnseen ? ` ${UNSEEN} ${CHECKED}` : ''}`];
}
