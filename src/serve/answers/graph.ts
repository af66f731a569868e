// The picture of a site: how its largest folders link to each other.

import { systemClock } from '../../base/clock.ts';
import { GRAPH_FOLDERS } from '../../base/limits-of-serving.ts';
import type { GraphAnswer } from '../api/findings.ts';
import { ApiError } from '../failures.ts';
import { limitIn, type QueryFields } from '../parameters.ts';
import type { AskedJob } from './job-answers.ts';
import { tookSince } from './urls.ts';

/** The host and the first folder of a path. */
const FOLDER_SQL = `substr(url, 1, path_at - 1 + CASE instr(substr(url, path_at + 1), '/') WHEN 0 THEN 1
  ELSE instr(substr(url, path_at + 1), '/') + 1 END)`;

/** Workers take ids in blocks, so some are not used. */
const IDS_A_ROW_MAX = 10_000;

export async function graphAnswerOf(job: AskedJob, query: QueryFields): Promise<GraphAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  const most = limitIn(query, GRAPH_FOLDERS);
  const { db } = job.table.file;
  const folders = db
    .prepare(
      `SELECT ${FOLDER_SQL} AS path, count(*) AS urls FROM texts t JOIN facts f ON f.id = t.id
         WHERE f.state = 2 GROUP BY path ORDER BY urls DESC, path LIMIT ?`,
    )
    .all(most + 1) as unknown as { path: string; urls: number }[];
  const nodes = folders.slice(0, most).map((folder) => ({ ...folder, linksIn: 0, linksOut: 0 }));
  const nodeOf = placesOf(job, new Map(nodes.map(({ path }, at) => [path, at])));
  const links = new Uint32Array(nodes.length * nodes.length);
  for await (const lists of job.ledger.links.lists()) {
    for (const [page, targets] of lists) {
      const from = nodeOf(page);
      if (from < 0) continue;
      for (const target of targets) {
        const to = nodeOf(target);
        if (to >= 0 && to !== from) links[from * nodes.length + to]! += 1;
      }
    }
  }
  const edges: GraphAnswer['edges'][number][] = [];
  for (const [at, count] of links.entries()) {
    if (count === 0) continue;
    const [from, to] = [Math.floor(at / nodes.length), at % nodes.length];
    edges.push({ from, to, links: count });
    nodes[from]!.linksOut += count;
    nodes[to]!.linksIn += count;
  }
  return { nodes, edges, isCut: folders.length > most, tookMs: tookSince(begunAt) };
}

/**
 * The place of a row's folder; -1 if it is not among them. Two bytes a row are what a million rows may take. A job from
 * a stranger may have any ids.
 */
function placesOf({ table }: AskedJob, places: ReadonlyMap<string, number>): (id: number) => number {
  const { db } = table.file;
  const last = (db.prepare('SELECT max(id) AS id FROM texts').get()!['id'] as number | null) ?? 0;
  if (last > IDS_A_ROW_MAX * table.upTo.rows) throw new ApiError(409, 'unreadable', 'No crawl gave such ids to rows.');
  const of = new Int16Array(last + 1).fill(-1);
  for (const { id, path } of db.prepare(`SELECT id, ${FOLDER_SQL} AS path FROM texts`).iterate()) {
    of[id as number] = places.get(path as string) ?? -1;
  }
  return (id) => of[id] ?? -1;
}
