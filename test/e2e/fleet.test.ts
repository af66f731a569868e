// A crawl of many hosts at once, each with manners of its own, stopped in the middle and gone on with. What the servers
// logged is held against the rules of docs/guide/politeness.md: the order, the spacing, the caps, the waits and the
// tries.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { type Fleet, type Host, type Manners, type Seen, serveFleet } from '../helpers/fleet.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { type Random, runSeed, seededRandom } from '../helpers/random.ts';

const EACH = 3;
const CAP = 4;
const RETRIES = 2;
const DELAY_MS = 600;
const WAIT_MS = 1_000;
/** A request is seen later than it was started, by as much as two busy processes and the kernel hold it up. */
const TOLERANCE_MS = 200;

const folder = mkdtempSync(join(tmpdir(), 'gossamer-fleet-'));
const seed = runSeed('fleet');
let fleet: Fleet;
let rows: ReadonlyMap<string, UrlRecord>;
/** Requests that had come when the first run was stopped. */
let stoppedAfter = 0;

const html = (response: ServerResponse, body: string): void => {
  response.setHeader('content-type', 'text/html');
  response.end(body);
};
const links = (count: number, more = ''): string => {
  return Array.from({ length: count }, (_, page) => `<a href=/page/${page}>x</a>`).join('') + more;
};
const noRobots: Manners['robots'] = (_, response) => {
  response.statusCode = 404;
  response.end();
};
const robotsText = (text: string): Manners['robots'] => {
  return (_, response) => void response.end(text);
};

/** Every kind of host; how many pages each has is drawn. */
function kindsOf(random: Random): Manners[] {
  const pages = 4 + Math.floor(random() * 5);
  const root = (path: string, response: ServerResponse, more = ''): void => {
    html(response, path === '/' ? links(pages, more) : '');
  };
  const plain: Manners['page'] = (path, _, response) => root(path, response);
  const waits = (status: number, retryAfter: () => string): Manners['page'] => {
    return (path, nth, response) => {
      if (path !== '/page/1' || nth > 1) return root(path, response);
      response.writeHead(status, { 'retry-after': retryAfter() });
      response.end();
    };
  };
  return [
    { name: 'plain', robots: noRobots, page: plain },
    {
      name: 'forbids',
      robots: robotsText(
        'User-agent: *\nDisallow: /private\n\nUser-agent: gossamer\nDisallow: /private\nDisallow: /*?\n',
      ),
      page: (path, _, response) => root(path, response, '<a href=/private/1>x</a><a href="/page/0?q">x</a>'),
    },
    { name: 'delay', robots: robotsText(`User-agent: *\nCrawl-delay: ${DELAY_MS / 1000}\n`), page: plain },
    { name: '429', robots: noRobots, page: waits(429, () => String(WAIT_MS / 1000)) },
    // A date has whole seconds: the second of them is one from now at least.
    { name: '503-date', robots: noRobots, page: waits(503, () => new Date(Date.now() + 2 * WAIT_MS).toUTCString()) },
    {
      name: 'resets',
      robots: noRobots,
      page: (path, nth, response) => (path !== '/' && nth === 1 ? void response.destroy() : root(path, response)),
    },
    {
      name: 'slow',
      robots: noRobots,
      page: (path, _, response) => void setTimeout(() => root(path, response), 100),
    },
    {
      name: 'always-503',
      robots: noRobots,
      page: (path, _, response) => {
        if (path !== '/page/0') return root(path, response);
        response.statusCode = 503;
        response.end();
      },
    },
    {
      name: 'moved-robots',
      robots(_, response) {
        response.writeHead(301, { location: '/elsewhere.txt' });
        response.end();
      },
      page: (path, _, response) => {
        if (path === '/elsewhere.txt') response.end('User-agent: *\nDisallow: /page/0');
        else root(path, response);
      },
    },
    {
      name: 'html-robots',
      robots: (_, response) =>
        html(response, '<html><title>Not found</title><p>User-agent and Disallow: / are not here.</html>'),
      page: plain,
    },
    {
      name: '403-robots',
      robots(_, response) {
        response.statusCode = 403;
        response.end('User-agent: *\nDisallow: /');
      },
      page: plain,
    },
    {
      name: 'redirects',
      robots: noRobots,
      page(path, _, response, { root: home }) {
        if (path === '/' || path.startsWith('/end')) return root(path, response);
        response.writeHead(302, { location: `${home}end${path}` });
        response.end();
      },
    },
  ];
}

const skip = await missingLoopback('127.1.0.1');

before(async () => {
  if (skip !== false) return;
  const random = seededRandom(seed);
  fleet = await serveFleet(Array.from({ length: EACH }, () => kindsOf(random)).flat());
  const roots = join(folder, 'roots.txt');
  const job = join(folder, 'job');
  writeFileSync(roots, fleet.hosts.map(({ root }) => root).join('\n'));
  const args = ['crawl', '-i', roots, '-o', job, '--host-concurrency', String(CAP), '--retries', String(RETRIES)];
  args.push('--no-sitemaps', '-q');

  const first = startGossamer(args);
  const stopAt = 60 + Math.floor(random() * 120);
  fleet.onRequest = (count) => {
    if (count === stopAt) first.child.kill('SIGINT');
  };
  const stopped = await first.finished;
  assert.equal(stopped.code, 11, stopped.stderr);
  stoppedAfter = fleet.hosts.reduce((sum, { log }) => sum + log.length, 0);
  const finished = await gossamer(args);
  assert.equal(finished.code, 0, finished.stderr);

  const file = join(folder, 'rows.jsonl');
  assert.equal((await gossamer(['export', 'jsonl', job, '-o', file, '-q'])).code, 0);
  const records = readFileSync(file, 'utf8').trimEnd().split('\n');
  rows = new Map(records.map((line) => JSON.parse(line) as UrlRecord).map((row) => [row.url, row]));
});
after(async () => {
  await fleet?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function hostsNamed(name: string): Host[] {
  const found = fleet.hosts.filter(({ manners }) => manners.name === name);
  assert.equal(found.length, EACH);
  return found;
}

const isRobots = ({ path }: Seen): boolean => path === '/robots.txt';
const pathsOf = (host: Host): string[] => host.log.map(({ path }) => path);

test('fleet: robots.txt comes before any page, and is not asked for again', { skip }, () => {
  assert.ok(stoppedAfter > 0);
  for (const host of fleet.hosts) {
    assert.equal(host.log[0]?.path, '/robots.txt', host.manners.name);
    // What was on its way when the run was stopped is asked for once more.
    assert.ok(host.log.filter(isRobots).length <= 2, host.manners.name);
  }
  const again = fleet.hosts.filter((host) => host.log.filter(isRobots).length > 1);
  assert.ok(again.length <= EACH, `${again.length} of ${fleet.hosts.length} hosts were asked for it twice`);
});

test('fleet: what robots.txt forbids is not asked for, and is a row that says so', { skip }, () => {
  const forbidden: [name: string, path: string][] = [
    ['forbids', 'private/1'],
    ['forbids', 'page/0?q'],
    ['moved-robots', 'page/0'],
  ];
  for (const [name, path] of forbidden) {
    for (const host of hostsNamed(name)) {
      assert.ok(!pathsOf(host).includes(`/${path}`), `${name} ${path}`);
      assert.equal(rows.get(host.root + path)?.reason, 'robots');
    }
  }
  for (const name of ['html-robots', '403-robots']) {
    for (const host of hostsNamed(name)) assert.ok(pathsOf(host).includes('/page/0'), name);
  }
});

test('fleet: a Crawl-delay is kept from start to start, robots.txt and the pause between two runs included', {
  skip,
}, () => {
  for (const { log } of hostsNamed('delay')) {
    const gaps = log.slice(1).map(({ at }, before) => at - log[before]!.at);
    assert.ok(Math.min(...gaps) >= DELAY_MS - TOLERANCE_MS, `${gaps.map(Math.round)} (seed ${seed})`);
    assert.ok(log.every(({ inFlight }) => inFlight === 1));
  }
});

test('fleet: never more at once to a host than the cap', { skip }, () => {
  for (const { log, manners } of fleet.hosts) {
    assert.ok(Math.max(...log.map(({ inFlight }) => inFlight)) <= CAP, manners.name);
  }
  const busiest = Math.max(...hostsNamed('slow').flatMap(({ log }) => log.map(({ inFlight }) => inFlight)));
  assert.ok(busiest > 1, 'several at once to a slow host');
});

test('fleet: a host that asks to wait is left alone until then', { skip }, () => {
  for (const name of ['429', '503-date']) {
    for (const { log } of hostsNamed(name)) {
      const asked = log.find(({ status }) => status === 429 || status === 503);
      assert.ok(asked !== undefined, name);
      const next = log.filter(({ at }) => at > asked.answeredAt + TOLERANCE_MS).map(({ at }) => at - asked.answeredAt);
      assert.ok(Math.min(...next) >= WAIT_MS - TOLERANCE_MS, `${name}: ${next.map(Math.round)} (seed ${seed})`);
    }
  }
});

/** How often a URL of these hosts is asked for; of all others once. */
const TRIES: Readonly<Record<string, number>> = { 'always-503': 1 + RETRIES, resets: 2, 429: 2, '503-date': 2 };

test('fleet: no URL is asked for more often than its tries', { skip }, () => {
  let more = 0;
  for (const host of fleet.hosts) {
    const { name } = host.manners;
    const times = new Map<string, number>();
    for (const path of pathsOf(host)) times.set(path, (times.get(path) ?? 0) + 1);
    for (const [path, count] of times) {
      const extra = count - (TRIES[name] ?? 1);
      // One more where it was in flight when the first run was stopped.
      assert.ok(extra <= 1, `${name} ${path}: ${count} times (seed ${seed})`);
      more += Math.max(0, extra);
    }
  }
  assert.ok(more <= fleet.hosts.length, `${more} URLs were asked for once more than they had to (seed ${seed})`);
});

test('fleet: each URL ends as it must', { skip }, () => {
  for (const { root, manners } of fleet.hosts) {
    const own = [...rows].filter(([url]) => url.startsWith(root));
    assert.ok(own.length > 4);
    for (const [url, { state, status }] of own) {
      if (state === 'skipped') continue;
      const expected = statusOf(manners.name, url.slice(root.length));
      assert.deepEqual([state, status], ['done', expected], `${manners.name} ${url} (seed ${seed})`);
    }
  }
});

function statusOf(name: string, path: string): number {
  if (name === 'always-503' && path === 'page/0') return 503;
  return name === 'redirects' && path.startsWith('page/') ? 302 : 200;
}
