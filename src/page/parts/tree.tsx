// The folders of a site as an indented tree. A folder is read when it is opened.

import { useState } from 'preact/hooks';
import type { TreeAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { count, size } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Empty, Foreign, Shown } from './words.tsx';

const CHILDREN_MAX = 500;

const LEGEND = [
  ['ok', '2xx'],
  ['moved', '3xx'],
  ['bad', '4xx, 5xx and failures'],
  ['waits', 'queued or left out'],
] as const;

type Child = TreeAnswer['children'][number];

export function Tree({ job }: { job: string }) {
  return (
    <section>
      <h2>Folders</h2>
      <p class="legend">
        {LEGEND.map(([name, what]) => (
          <span key={name}>
            <span class={`swatch ${name}`} /> {what}
          </span>
        ))}
      </p>
      <Children job={job} path="" />
    </section>
  );
}

function Children({ job, path }: { job: string; path: string }) {
  const answer = useAnswer<TreeAnswer>(asking(apiOf(job, 'tree'), { path, limit: CHILDREN_MAX }));
  return (
    <Shown answer={answer}>
      {({ children, isCut }) => (
        <>
          {children.length === 0 && <Empty>No page was found yet.</Empty>}
          <ul class="tree">
            {children.map((child) => (
              <Item key={child.path} job={job} child={child} isOpen={path === '' && children.length === 1} />
            ))}
          </ul>
          {isCut && <p class="dim">There are more; the table of URLs has all of them.</p>}
        </>
      )}
    </Shown>
  );
}

function Item({ job, child, isOpen: isOpenAtFirst }: { job: string; child: Child; isOpen: boolean }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const { name, path, isFolder, urls, bytes, q } = child;
  return (
    <li>
      <div class="folder">
        {isFolder ? (
          <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> <Foreign text={name} most={100} />
          </button>
        ) : (
          <span class="file">
            <Foreign text={name} most={100} />
          </span>
        )}
        <a class="figure" href={linkTo(job, 'urls', { q })}>
          {count(urls)}
        </a>
        <span class="figure dim">{size(bytes)}</span>
        <Shares child={child} />
      </div>
      {isFolder && isOpen && <Children job={job} path={path} />}
    </li>
  );
}

/** How many URLs of the folder went well, as a thin bar; the same in words for whoever cannot see it. */
function Shares({ child: { urls, statuses, states } }: { child: Child }) {
  const [ok = 0, moved = 0, client = 0, server = 0] = statuses;
  const bad = client + server + states.failed;
  const parts = [
    ['ok', ok],
    ['moved', moved],
    ['bad', bad],
  ] as const;
  const words = `${count(ok)} went well, ${count(moved)} redirect, ${count(bad)} failed, of ${count(urls)}`;
  return (
    <span class="shares" role="img" aria-label={words} title={words}>
      {parts.map(([name, figure]) => (
        <span key={name} class={name} style={{ width: `${(100 * figure) / Math.max(1, urls)}%` }} />
      ))}
    </span>
  );
}
