// The site that the peers crawl, made from a seed: pages that a tree of links reaches. Each is answered a moment after
// it was asked for, in two halves with a moment between.

import { createHash } from 'node:crypto';
import { systemClock } from '../../../src/base/clock.ts';
import { seededRandom } from '../../helpers/random.ts';
import { makeLinks, pathOf, type Site, serveSite } from '../../helpers/site.ts';

export interface PeerSite extends AsyncDisposable {
  readonly root: string;
  /** By URL, the SHA-256 of what the page is. */
  readonly pages: ReadonlyMap<string, string>;
  /** URLs of pages in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** Those that were answered to the end at least once. */
  readonly answered: ReadonlySet<string>;
  /** Called at each moment of each request, with how many requests there were when that one came. */
  onMoment: (moment: Moment, count: number) => void;
}

/** Of a request: it came, half of its answer was sent, all of it was. */
export const MOMENTS = ['asked', 'half', 'answered'] as const;
export type Moment = (typeof MOMENTS)[number];

const PAGES = 300;
const LINKS_A_PAGE = 6;
const LATENCY_MS = 8;
const PAUSE_MS = 4;

export async function servePeers(seed: number): Promise<PeerSite> {
  const bodies = new Map(
    makeLinks(seed, PAGES, LINKS_A_PAGE).map((own, page) => [pathOf(page), bodyOf(seed, page, own)]),
  );
  const answered = new Set<string>();
  const asked: string[] = [];
  const server: Site = await serveSite((path, response) => {
    const body = bodies.get(path);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    const url = server.root + path.slice(1);
    const count = asked.push(url);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length });
    response.on('finish', () => {
      answered.add(url);
      site.onMoment('answered', count);
    });
    systemClock.after(LATENCY_MS, () => {
      response.write(body.subarray(0, body.length >> 1));
      site.onMoment('half', count);
      systemClock.after(PAUSE_MS, () => response.end(body.subarray(body.length >> 1)));
    });
    site.onMoment('asked', count);
  });
  const digests = [...bodies].map(([path, body]) => [server.root + path.slice(1), sha256(body)] as const);
  const site: PeerSite = {
    root: server.root,
    pages: new Map(digests),
    asked,
    answered,
    onMoment: () => {},
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return site;
}

export function sha256(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** One page in four is long. */
function bodyOf(seed: number, page: number, links: readonly number[]): Buffer {
  const random = seededRandom(seed ^ page);
  const anchors = links.map((link) => `<p>see <a href="${pathOf(link)}">page ${link}</a></p>`).join('\n');
  const lines = Array.from({ length: random() < 0.25 ? 3_000 : 50 }, () => `<p>${random()}</p>`).join('\n');
  return Buffer.from(`<!doctype html><title>Page ${page}</title><body>${anchors}${lines}</body>`);
}
