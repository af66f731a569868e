// The shape of a site: its folders as a tree or as areas, its depth as columns, and how its folders link to each other.

import type { JobAnswer } from '../../serve/api.ts';
import { Areas } from '../parts/areas.tsx';
import { Depths } from '../parts/depths.tsx';
import { Graph } from '../parts/graph.tsx';
import { Tree } from '../parts/tree.tsx';
import { linkTo, type Where } from '../where.ts';

const SHAPES = [
  ['tree', 'Folders'],
  ['areas', 'Areas'],
  ['graph', 'Links'],
] as const;

export function Site({ job: { id }, asked }: { job: JobAnswer; asked: Where['asked'] }) {
  const { shape = 'tree', path = '' } = asked;
  return (
    <>
      <nav class="bar" aria-label="shapes of the site">
        {SHAPES.map(([name, label]) => (
          <a key={name} href={linkTo(id, 'site', { shape: name })} aria-current={name === shape ? 'true' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {shape === 'areas' && <Areas key={path} job={id} path={path} />}
      {shape === 'graph' && <Graph job={id} />}
      {shape === 'tree' && <Tree job={id} />}
      <Depths job={id} />
    </>
  );
}
