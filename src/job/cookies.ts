// The cookies of a job, or of one request: where they come from, who gets them, where they go. The jar has them in
// memory, the store has them for the next run, and files bring them from other programs and take them there.

import type { Clock } from '../base/clock.ts';
import type { Fetch, HostShelf } from '../base/contracts.ts';
import { type Cookie, GONE_AT } from '../base/cookies.ts';
import type { Commits } from '../crawl/commits.ts';
import { type CookieJar, createCookieJar } from '../fetch/cookies/jar.ts';
import { cookied } from '../fetch/cookies/layer.ts';
import type { CrawlOptions } from '../options/options.ts';
import type { Store } from '../store/store.ts';
import { siteOf } from '../url/host.ts';
import { type CookiesOfFile, saveCookies } from './cookie-files.ts';

export interface Cookies {
  /** The same fetch with cookies. */
  with(fetch: Fetch): Fetch;
  /** When the cookies that go to the URL last changed, in wall time; 0 if they never did. */
  changedAt(url: string): number;
  /** Takes cookies of the user. */
  add(cookies: readonly Cookie[]): void;
  /** The same shelf; before a host is given out, its cookies are what other workers of the job have made them. */
  beside(hosts: HostShelf): HostShelf;
  /** Takes what other workers of the job have made of the cookies of these hosts. Whether that is something new. */
  fromOthers(hosts: readonly string[]): Promise<boolean>;
  /** Writes the file that the user wants. */
  save(): Promise<void>;
}

/** With `--no-cookies`. */
const NO_COOKIES: Cookies = {
  with: (fetch) => fetch,
  changedAt: () => 0,
  add: () => {},
  beside: (hosts) => hosts,
  fromOthers: async () => false,
  save: async () => {},
};

/** The cookies of a job: those of its store and, where these are older, of the user's file. */
export async function openCookies(
  options: CrawlOptions,
  ofFile: CookiesOfFile,
  { cookies: shelf, worker }: Pick<Store, 'cookies' | 'worker'>,
  { cookie: note, flush }: Pick<Commits, 'cookie' | 'flush'>,
  clock: Clock,
): Promise<Cookies> {
  if (!options.cookies) return NO_COOKIES;
  let isWritten = true;
  const change = (cookie: Cookie, site: string): void => {
    isWritten = false;
    note({ cookie, site });
  };
  const jar = createCookieJar(clock.wall, change);
  const stored = await shelf.load();
  jar.add(stored.map(({ cookie }) => cookie));
  const now = clock.wall();
  for (const { cookie, site } of stored) {
    if (cookie.expiresAt !== null && cookie.expiresAt <= now) change({ ...cookie, expiresAt: GONE_AT }, site);
  }
  jar.add(ofFile(), change);
  /** What this worker has changed is in the store before the store is asked. */
  const refresh = async (hosts: readonly string[]): Promise<boolean> => {
    const sites = [...new Set(hosts.map(siteOf))];
    if (!isWritten) await flush();
    isWritten = true;
    const mark = jar.mark();
    const there = await shelf.load(sites);
    const changes = sites.map((site) => {
      const own = there.filter((each) => each.site === site).map(({ cookie }) => cookie);
      return jar.replace(site, own, mark);
    });
    return changes.includes(true);
  };
  return {
    ...cookiesOf(jar, options),
    add: (cookies) => jar.add(cookies, change),
    beside(hosts) {
      if (worker === null) return hosts;
      return {
        async load(names) {
          const [rows] = await Promise.all([hosts.load(names), refresh(names)]);
          return rows;
        },
      };
    },
    // Trouble with the database is told by whoever needs it to go on.
    fromOthers: async (hosts) => worker !== null && refresh(hosts).catch(() => false),
    async save() {
      if (options.saveCookies === null) return;
      if (worker !== null) jar.add((await shelf.load()).map(({ cookie }) => cookie));
      saveCookies(options.saveCookies, jar.all());
    },
  };
}

/** The cookies of requests that belong to no job. */
export function cookiesAlone(options: CrawlOptions, ofFile: CookiesOfFile, clock: Clock): Cookies {
  if (!options.cookies) return NO_COOKIES;
  const jar = createCookieJar(clock.wall, () => {});
  jar.add(ofFile());
  return cookiesOf(jar, options);
}

function cookiesOf(jar: CookieJar, options: CrawlOptions): Cookies {
  return {
    with: (fetch) => cookied(fetch, jar),
    changedAt: jar.changedAt,
    add: (cookies) => jar.add(cookies),
    beside: (hosts) => hosts,
    fromOthers: async () => false,
    async save() {
      if (options.saveCookies !== null) saveCookies(options.saveCookies, jar.all());
    },
  };
}
