// How the largest folders link to each other: a circle of folders, and lines between them. The figures stand below it.

import { useState } from 'preact/hooks';
import type { GraphAnswer } from '../../serve/api.ts';
import { apiOf, useAnswer } from '../ask.ts';
import { count } from '../figures.ts';
import { shown } from '../foreign.ts';
import { linkTo } from '../where.ts';
import { Empty, Foreign, Shown } from './words.tsx';

const NODES_MAX = 40;
const WIDTH = 900;
const HEIGHT = 840;
const RADIUS = 210;
const NODE_RADIUS_MAX = 12;
const LABEL_LETTERS_MAX = 30;

export function Graph({ job }: { job: string }) {
  const answer = useAnswer<GraphAnswer>(`${apiOf(job, 'graph')}?limit=${NODES_MAX}`);
  return (
    <section>
      <h2>Links between folders</h2>
      <Shown answer={answer}>
        {(graph) =>
          graph.nodes.length === 0 ? <Empty>No page was read yet.</Empty> : <Picture job={job} graph={graph} />
        }
      </Shown>
    </section>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function Picture({ job, graph: { nodes, edges, isCut } }: { job: string; graph: GraphAnswer }) {
  const [chosen, choose] = useState<number | null>(null);
  const points = nodes.map((_, at) => pointOf(at, nodes.length));
  const mostUrls = Math.max(1, ...nodes.map(({ urls }) => urls));
  const mostLinks = Math.max(1, ...edges.map(({ links }) => links));
  const isFaint = (from: number, to: number): boolean => chosen !== null && from !== chosen && to !== chosen;
  return (
    <>
      <svg
        class="graph"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${nodes.length} folders and the links between them; the table below has the figures`}
      >
        {edges
          .filter(({ from, to }) => from !== to)
          .map(({ from, to, links }) => (
            <path
              key={`${from} ${to}`}
              d={curve(points[from]!, points[to]!)}
              class={isFaint(from, to) ? 'faint' : undefined}
              stroke-width={0.5 + (2.5 * links) / mostLinks}
            />
          ))}
        {nodes.map(({ path, urls }, at) => (
          <g key={path} onPointerEnter={() => choose(at)} onPointerLeave={() => choose(null)}>
            <circle cx={points[at]!.x} cy={points[at]!.y} r={3 + (NODE_RADIUS_MAX - 3) * Math.sqrt(urls / mostUrls)} />
            <Label path={path} at={at} of={nodes.length} />
          </g>
        ))}
      </svg>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">folder</th>
            <th scope="col" class="figure">
              URLs
            </th>
            <th scope="col" class="figure">
              links in
            </th>
            <th scope="col" class="figure">
              links out
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ path, urls, linksIn, linksOut }) => (
            <tr key={path}>
              <td>
                <Foreign text={path} most={100} />
              </td>
              <td class="figure">
                <a href={linkTo(job, 'urls', { q: filterOf(path) })}>{count(urls)}</a>
              </td>
              <td class="figure">{count(linksIn)}</td>
              <td class="figure">{count(linksOut)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && <p class="dim">Smaller folders are left out.</p>}
    </>
  );
}

/** Written outwards; at the left it is turned, so that it is never upside down. */
function Label({ path, at, of }: { path: string; at: number; of: number }) {
  const { x, y } = pointOf(at, of, RADIUS + NODE_RADIUS_MAX + 6);
  const text = shown(path.replace(/^\w+:\/\//, ''));
  const cut = text.length > LABEL_LETTERS_MAX ? `…${text.slice(-LABEL_LETTERS_MAX)}` : text;
  const isLeft = at > of / 2;
  const degrees = (360 * at) / of - 90 + (isLeft ? 180 : 0);
  return (
    <text transform={`translate(${x} ${y}) rotate(${degrees})`} dy={4} text-anchor={isLeft ? 'end' : 'start'}>
      {cut}
    </text>
  );
}

function pointOf(at: number, of: number, radius = RADIUS): Point {
  const angle = (2 * Math.PI * at) / of - Math.PI / 2;
  return { x: WIDTH / 2 + radius * Math.cos(angle), y: HEIGHT / 2 + radius * Math.sin(angle) };
}

/** Bent towards the middle. */
function curve(from: Point, to: Point): string {
  return `M${from.x},${from.y} Q${WIDTH / 2},${HEIGHT / 2} ${to.x},${to.y}`;
}

function filterOf(folder: string): string {
  const [, host = '', path = '/'] = /^\w+:\/\/([^/]*)(.*)$/.exec(folder) ?? [];
  return `host:${host} path:${path}`;
}
