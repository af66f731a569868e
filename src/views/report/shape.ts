// The shape of a site and of its crawl, for charts: URLs over time, by depth, by the time of their response, by folder.
// Its memory does not grow with the pages.

import type { Row, RunFigures } from '../../base/contracts.ts';
import { FOLDERS_COUNTED_MAX } from '../../base/limits.ts';
import { hostOf } from '../../url/host.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface Shape {
  readonly timeline: Timeline | null;
  /** Requested URLs by the number of links from a root. The last one counts all that are deeper, too. */
  readonly depths: readonly Portion[];
  /** Responses by the time that they took, up to the longest. */
  readonly times: readonly Portion[];
  /** The first folder of each path, the largest first. */
  readonly folders: readonly Folder[];
  readonly folderCount: number;
}

export interface Portion {
  readonly name: string;
  readonly urls: number;
}

export interface Folder extends Portion {
  readonly bytes: number;
  readonly broken: number;
}

export interface ShapeFiller {
  add(row: Row, isBroken: boolean): void;
  readonly shape: Shape;
}

const DEPTHS_MAX = 12;
/** In milliseconds, each with its name. */
const TIMES: readonly (readonly [below: number, name: string])[] = [
  [100, 'under 0.1 s'],
  [250, '0.1 to 0.25 s'],
  [500, '0.25 to 0.5 s'],
  [1_000, '0.5 to 1 s'],
  [2_500, '1 to 2.5 s'],
  [5_000, '2.5 to 5 s'],
  [10_000, '5 to 10 s'],
  [Number.POSITIVE_INFINITY, '10 s or more'],
];
const OTHERS = 'other folders';

export function createShape(runs: readonly RunFigures[]): ShapeFiller {
  const timeline = createTimeline(runs);
  const depths: number[] = [];
  const times = TIMES.map(() => 0);
  const folders = new Map<string, { urls: number; bytes: number; broken: number }>();
  return {
    add(row, isBroken) {
      if (row.fetchedAt === null) return;
      timeline.add(row, isBroken);
      const depth = Math.min(row.depth, DEPTHS_MAX);
      depths[depth] = (depths[depth] ?? 0) + 1;
      if (row.status !== null && row.status !== 0)
        times[TIMES.findIndex(([below]) => (row.elapsedMs ?? 0) < below)]! += 1;
      const name = folderOf(row.url);
      const counted = folders.has(name) || folders.size < FOLDERS_COUNTED_MAX ? name : OTHERS;
      const folder = folders.get(counted) ?? { urls: 0, bytes: 0, broken: 0 };
      folder.urls += 1;
      folder.bytes += row.bytes ?? 0;
      if (isBroken) folder.broken += 1;
      folders.set(counted, folder);
    },
    get shape() {
      const named = [...folders].map(([name, counts]) => ({ name, ...counts }));
      return {
        timeline: timeline.timeline,
        depths: [...depths].map((urls = 0, depth) => ({ name: depthName(depth), urls })),
        times: TIMES.map(([, name], at) => ({ name, urls: times[at]! })).slice(0, times.findLastIndex(Boolean) + 1),
        folders: named.sort((a, b) => b.urls - a.urls || (a.name < b.name ? -1 : 1)),
        folderCount: named.length,
      };
    },
  };
}

function depthName(depth: number): string {
  if (depth === 0) return 'the roots';
  return depth < DEPTHS_MAX ? `${depth} ${depth === 1 ? 'link' : 'links'}` : `${depth} links or more`;
}

/** The host and the first folder of its path: `https://a.test/docs/` for `https://a.test/docs/a/b.html`. */
function folderOf(url: string): string {
  const path = url.slice(url.indexOf('/', url.indexOf('://') + 3)).replace(/[?#].*/s, '');
  const end = path.indexOf('/', 1);
  return hostOf(url) + (end < 0 ? '/' : path.slice(0, end + 1));
}
