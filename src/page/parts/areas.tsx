// The folders of a site as areas: the more URLs, the larger.

import type { TreeAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { count, countOf } from '../figures.ts';
import { shown } from '../foreign.ts';
import { linkTo } from '../where.ts';
import { squares } from './squares.ts';
import { Empty, Foreign, Shown } from './words.tsx';

const AREAS_MAX = 60;
/** Of the place of all areas. */
const LABEL_WIDTH_MIN = 0.06;
const LABEL_HEIGHT_MIN = 0.06;

export function Areas({ job, path }: { job: string; path: string }) {
  const answer = useAnswer<TreeAnswer>(asking(apiOf(job, 'tree'), { path, limit: AREAS_MAX }));
  return (
    <section>
      <h2>
        Areas{' '}
        {path !== '' && (
          <>
            <Foreign text={path} /> <a href={linkTo(job, 'site', { shape: 'areas', path: parentOf(path) })}>up</a>
          </>
        )}
      </h2>
      <Shown answer={answer}>
        {({ children }) =>
          children.length === 0 ? <Empty>No page was found yet.</Empty> : <Drawn {...{ job, children }} />
        }
      </Shown>
    </section>
  );
}

function Drawn({ job, children }: { job: string; children: TreeAnswer['children'] }) {
  const sorted = [...children].sort((a, b) => b.urls - a.urls);
  const places = squares(sorted.map(({ urls }) => urls));
  return (
    <ul class="areas">
      {sorted.map(({ name, path, isFolder, urls, q, statuses, states }, at) => {
        const { left, top, width, height } = places[at]!;
        const bad = (statuses[2] ?? 0) + (statuses[3] ?? 0) + states.failed;
        const link = isFolder ? linkTo(job, 'site', { shape: 'areas', path }) : linkTo(job, 'urls', { q });
        const words = `${shown(name)}: ${countOf(urls, 'URL')}${bad > 0 ? `, ${count(bad)} failed` : ''}`;
        const isLabelled = width > LABEL_WIDTH_MIN && height > LABEL_HEIGHT_MIN;
        return (
          <li key={path} style={{ left: part(left), top: part(top), width: part(width), height: part(height) }}>
            <a href={link} title={words}>
              <span class={isLabelled ? 'label' : 'unseen'}>
                <Foreign text={name} most={60} />
                <span class="dim">{count(urls)}</span>
                {bad > 0 && <span class="red">{count(bad)} failed</span>}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function part(share: number): string {
  return `${(100 * share).toFixed(3)}%`;
}

function parentOf(path: string): string {
  const parent = path.replace(/[^/]+\/?$/, '');
  return parent.endsWith('://') ? '' : parent;
}
