// A job in SQLite that has something in every column of its tables, for copies of it.

import { systemClock } from '../../src/base/clock.ts';
import type { NewUrl, Settlement } from '../../src/base/contracts.ts';
import { removeFromStore } from '../../src/store/sqlite/removal.ts';
import { retryInStore } from '../../src/store/sqlite/retry.ts';
import { openStore } from '../../src/store/sqlite/store.ts';
import { ended, FREE, found, IDENTITY } from '../contract/store-samples.ts';

const NOTHING = { reasons: [], errors: [], statuses: [], ids: [], lost: [], lostRecords: [] } as const;

/** `pages` more pages stand in the queue. */
export async function makeFullJob(location: string, pages = 20): Promise<void> {
  const now = systemClock.now();
  const place = { file: 'a.warc.gz', offset: 1000, length: 200 };
  const url = (path: string, more: Partial<NewUrl> = {}): NewUrl => found(`https://a.test/${path}`, more);
  const store = await openStore(location, { identity: IDENTITY, now: systemClock.wall(), clock: systemClock });
  const { frontier, sitemaps, rootAddresses, movedFiles, exclusions } = store;
  const names = ['page', 'moves', 'again', 'later', 'fails', 'taken', 'buried'];
  await frontier.add(names.map((name) => url(name, { key: `https://a.test/${name}?` })));
  await frontier.add([url('robots-deny', { skip: 'robots', hops: 2 })]);
  const leases = new Map((await frontier.lease(names.length, now, FREE)).map((lease) => [lease.url.slice(15), lease]));
  const after = (name: string, more: Partial<Settlement> = {}): Settlement =>
    ended(leases.get(name)!, { fetchedAt: systemClock.wall(), place, ...more });
  const links = [
    url('moves'),
    url('new', { depth: 1, outerCharset: 'koi8-r' }),
    found('https://b.test/', { depth: 1, skip: 'scope' }),
    url('deep', { depth: 9, skip: 'depth' }),
    url('unfollowed', { depth: 1, skip: 'nofollow', nofollow: true }),
  ];
  const settlements: Settlement[] = [
    after('page', {
      links,
      badLinks: [{ href: 'http://[', element: 'a' }],
      unkept: { dropped: 1, tooLong: 2, otherScheme: 3 },
    }),
    after('moves', {
      redirect: found('https://b.test/there', { skip: 'scope' }),
      redirectFragment: '#there',
      protocol: 'h2',
      detail: 'moved',
      place: null,
    }),
    after('again', { state: 'queued', form: 'https://a.test/again/', dueAt: 0 }),
    after('later', { state: 'queued', error: 'reset', response: null, place: null, dueAt: now + 60_000 }),
    after('fails', {
      state: 'failed',
      error: 'disconnect',
      response: { ...ended(leases.get('fails')!).response!, truncated: 'disconnect' },
    }),
    after('taken', { redirect: url('page') }),
    after('buried'),
  ];
  const robots = { fetchedAt: now, expiresAt: now + 60_000, status: 200, body: Buffer.from('User-agent: *\n') };
  await frontier.settle({
    settlements,
    cookies: [
      {
        site: 'a.test',
        cookie: {
          ...{
            name: 'sid',
            value: '1',
            domain: 'a.test',
            isHostOnly: true,
            path: '/',
            isSecure: true,
            isHttpOnly: true,
          },
          ...{ sameSite: 'lax', expiresAt: null, createdAt: now, changedAt: now },
        },
      },
    ],
    hosts: [{ host: 'https://a.test', heldUntil: now + 30_000, why: 'status 503', robots, answered: true, rest: '{}' }],
    run: {
      ...{ startedAt: now - 5_000, updatedAt: systemClock.wall(), endedAt: systemClock.wall(), elapsedMs: 5_000 },
      ...{ stoppedBy: 'limit', requests: 7, bytes: 8_638, inFlight: 1, peakInFlight: 3, agent: 'gossamer', hosts: [] },
      loopLate: { p999Ms: 2, mostMs: 3 },
      waitingFor: { host: 'https://a.test', until: null, why: 'status 503' },
    },
  });
  const host = 'https://a.test';
  const { added } = await sitemaps.add([
    { url: 'https://a.test/sitemap.xml', namedIn: 'https://a.test/robots.txt', host, depth: 1 },
    { url: 'https://a.test/unread.xml', namedIn: null, host, depth: 0 },
  ]);
  const mention = { sitemapId: added[0]!.id, lastmod: '2024-05-01', changefreq: 'daily', priority: 0.5 };
  await frontier.add([url('listed', { mention })]);
  const facts = { status: 503, error: 'reset', isCut: true, entries: 1, excess: 2, outside: 0, unfit: 0 } as const;
  await sitemaps.end(added[0]!.id, { verdict: 'failed', ...facts });
  await movedFiles.note({ ...place, place: 's3://bucket/prefix', bytes: 777, isThere: true, upload: 'one' });
  await exclusions.change(() => [{ pattern: '/calendar/', since: 7 }]);
  await rootAddresses.keep(new Map([['a.test', ['10.0.0.1']]]));
  for (let first = 0; first < pages; first += 1_000) {
    const count = Math.min(1_000, pages - first);
    await frontier.add(Array.from({ length: count }, (_, at) => url(`page-${first + at}`, { depth: 1 })));
  }
  const [taken, denied, buried] = await Promise.all(
    ['taken', 'robots-deny', 'buried'].map((name) => store.ledger.rows.find(`https://a.test/${name}`)),
  );
  await frontier.close();
  retryInStore(location, { ...NOTHING, ids: [taken!.id, denied!.id] }, systemClock.wall());
  removeFromStore(location, buried!.id, [], Math.round(systemClock.wall()));
}
