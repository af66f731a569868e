// The proxies of a job: those of its options and of the file that they name.

import { UsageError } from '../base/errors.ts';
import { PROXIES_MAX } from '../base/limits-of-proxies.ts';
import { type ProxyRules, Routes, resolvesHere } from '../fetch/proxy/routes.ts';
import { createHostRules } from '../options/host-settings.ts';
import type { CrawlOptions } from '../options/options.ts';
import { hostnameOf, portOf } from '../url/host.ts';
import { type ProxyAddress, proxyOf } from '../url/proxy.ts';
import { textIn } from './text-in.ts';

/** @throws UsageError that names the file, and the line in it, that cannot be used. */
export async function proxyRules(options: CrawlOptions): Promise<Omit<ProxyRules, 'meantNames'> | null> {
  const { proxy, proxyFile, noProxy, proxyInsecure, proxyCa, proxyDigest, unixSocket } = options;
  if (unixSocket !== null) return null;
  const isOfSome = Object.values(options.hosts ?? {}).some((each) => each.proxy !== undefined);
  if (proxy.length === 0 && proxyFile === null && !isOfSome) return null;
  const rulesOf = createHostRules(options.hosts);
  // A proxy is known by its object: it may rest.
  const all = new Map(
    Object.values(options.hosts ?? {}).flatMap((each) =>
      (each.proxy ?? []).map((text) => [text, proxyOf(text)!] as const),
    ),
  );
  const listed = proxyFile === null ? [] : await proxiesIn(proxyFile);
  return {
    proxies: [...proxy.map((each) => proxyOf(each)!), ...listed],
    bypass: noProxy ?? '',
    ofHost: (parts) => rulesOf(parts)?.proxy?.map((text) => all.get(text)!) ?? null,
    digestAlone: proxyDigest,
    insecure: proxyInsecure,
    ca: proxyCa === null ? null : textIn(proxyCa, '--proxy-ca'),
  };
}

/** The names of these URLs that a proxy resolves: nothing here must ask for them. */
export function namesResolvedElsewhere(
  rules: Omit<ProxyRules, 'meantNames'> | null,
  urls: readonly string[],
): string[] {
  if (rules === null) return [];
  const routes = new Routes(rules, () => 0);
  return urls
    .map((url) => ({ url, hostname: hostnameOf(url) }))
    .flatMap(({ url, hostname }) => {
      const isAddress = hostname.includes(':') || /^\d+(\.\d+){3}$/.test(hostname);
      const route = routes.routeOf({ hostname, isAddress, isSecure: url.startsWith('https:'), port: portOf(url) });
      return route === null || resolvesHere(route) ? [] : [hostname];
    });
}

async function proxiesIn(file: string): Promise<ProxyAddress[]> {
  const lines = textIn(file, '--proxy-file')
    .split('\n')
    .map((line) => line.replace(/^\s*#.*|\s+#.*/, '').trim());
  const found = lines.flatMap((line, at) => {
    if (line === '') return [];
    const proxy = proxyOf(line);
    // The line is not shown: it may contain a password.
    if (proxy === null)
      throw new UsageError(`--proxy-file: ${file}, line ${at + 1}: it is not the address of a proxy.`);
    return [proxy];
  });
  if (found.length === 0) throw new UsageError(`--proxy-file: ${file} names no proxy.`);
  if (found.length <= PROXIES_MAX) return found;
  throw new UsageError(`--proxy-file: ${file} names ${found.length} proxies, ${PROXIES_MAX} are the most.`);
}
