// How many links from a root the URLs are, as columns.

import type { GroupsAnswer } from '../../serve/api.ts';
import { apiOf, useAnswer } from '../ask.ts';
import { count } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Shown } from './words.tsx';

const DEPTHS_MAX = 60;

export function Depths({ job }: { job: string }) {
  const answer = useAnswer<GroupsAnswer>(`${apiOf(job, 'groups')}?by=depth&limit=${DEPTHS_MAX}`);
  return (
    <section>
      <h2>Links from a root</h2>
      <Shown answer={answer}>
        {({ groups }) => {
          const sorted = [...groups].sort((a, b) => Number(a.value) - Number(b.value));
          const most = Math.max(1, ...sorted.map(({ urls }) => urls));
          return (
            <ol class="depths">
              {sorted.map(({ value, urls, q }) => (
                <li key={value}>
                  <a href={linkTo(job, 'urls', { q })}>
                    <span>
                      {count(urls)} <span class="unseen">URLs at a depth of</span>
                    </span>
                    <span class="depth-column" style={{ height: `${Math.max(1, (100 * urls) / most)}px` }} />
                    <span>{value}</span>
                  </a>
                </li>
              ))}
            </ol>
          );
        }}
      </Shown>
    </section>
  );
}
