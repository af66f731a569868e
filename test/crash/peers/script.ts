// The script that every peer goes through: a crawl that is killed at moments of a seed, gone on with each time, and at
// the end held against the site. A kill counts only where it came while pages were still to be had.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { type Random, seededRandom } from '../../helpers/random.ts';
import type { Peer } from './peers.ts';
import { MOMENTS, type Moment, type PeerSite, servePeers } from './site.ts';

export interface Losses {
  kills: number;
  pages: number;
  /** Pages that it does not have at the end, */
  neverHad: number;
  /** and of those, the ones that it never had an answer for. */
  neverAnswered: number;
  /** Requests for a page beyond its first. */
  askedAgain: number;
  /** Pages of which a copy has other bytes than the site's, and lines, records and files that cannot be read. */
  torn: number;
  /** Copies beyond the first of a page. */
  doubled: number;
  /** Runs that said at the end that something is wrong, or did not end. */
  failedRuns: number;
}

export const NO_LOSSES: Losses = {
  ...{ kills: 0, pages: 0, neverHad: 0, neverAnswered: 0, askedAgain: 0, torn: 0, doubled: 0, failedRuns: 0 },
};

const KILLS_A_CRAWL = 5;
/** A run that takes longer hangs. */
const RUN_MS = 30 * 60_000;

/** One crawl with up to five kills. */
export async function killAndGoOn(peer: Peer, seed: number): Promise<Losses> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-peer-'));
  await using site = await servePeers(seed);
  const losses = { ...NO_LOSSES, pages: site.pages.size };
  try {
    for (let run = 0; ; run += 1) {
      const mayBeKilled = losses.kills < KILLS_A_CRAWL;
      const after = mayBeKilled ? killAt(random, site.pages.size) : null;
      const end = await runOnce(peer, site, folder, run, after);
      if (end === 'killed') losses.kills += 1;
      else {
        if (end === 'failed') losses.failedRuns += 1;
        break;
      }
    }
    return { ...losses, ...(await lossesOf(peer, site, folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function addLosses(sum: Losses, more: Losses): Losses {
  const names = Object.keys(NO_LOSSES) as (keyof Losses)[];
  return Object.fromEntries(names.map((name) => [name, sum[name] + more[name]])) as unknown as Losses;
}

/** A moment of the n-th request of a run. */
interface KillAt {
  readonly requests: number;
  readonly moment: Moment;
}

function killAt(random: Random, pages: number): KillAt {
  const requests = 1 + Math.floor(random() * ((1.5 * pages) / KILLS_A_CRAWL));
  return { requests, moment: MOMENTS[Math.floor(random() * MOMENTS.length)]! };
}

/** Killed with the whole of its group at that moment; null: left alone. */
async function runOnce(
  peer: Peer,
  site: PeerSite,
  folder: string,
  run: number,
  killed: KillAt | null,
): Promise<'ended' | 'failed' | 'killed'> {
  const [file, ...args] = peer.command(site.root, run);
  const env = { ...process.env, ...peer.env };
  const child = spawn(file!, args, { cwd: folder, env, stdio: 'ignore', detached: true });
  let isKilled = false;
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  };
  const from = site.asked.length;
  site.onMoment = (moment, count) => {
    if (isKilled || moment !== killed?.moment || count - from < killed.requests || isComplete(site)) return;
    isKilled = true;
    kill();
  };
  const timer = systemClock.after(RUN_MS, kill);
  const [code] = (await once(child, 'close')) as [number | null];
  timer.cancel();
  site.onMoment = () => {};
  if (isKilled) return 'killed';
  return code === 0 ? 'ended' : 'failed';
}

function isComplete({ pages, answered }: PeerSite): boolean {
  return answered.size === pages.size;
}

async function lossesOf(
  peer: Peer,
  { root, pages, asked, answered }: PeerSite,
  folder: string,
): Promise<Partial<Losses>> {
  const { copies, torn } = await peer.output(folder, root);
  const missing = [...pages.keys()].filter((url) => !copies.has(url));
  const had = [...copies].filter(([url]) => pages.has(url));
  return {
    neverHad: missing.length,
    neverAnswered: missing.filter((url) => !answered.has(url)).length,
    askedAgain: asked.length - new Set(asked).size,
    torn: torn + had.filter(([url, all]) => all.some((digest) => digest !== pages.get(url))).length,
    doubled: had.reduce((sum, [, all]) => sum + all.length - 1, 0),
  };
}
