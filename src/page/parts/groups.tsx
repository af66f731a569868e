// The URLs by the values of one column. Each figure leads to the table of exactly those URLs.

import type { GroupsAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { count, share, size } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Foreign, Shown } from './words.tsx';

interface GroupsProps {
  readonly job: string;
  readonly by: string;
  readonly title: string;
  /** Only URLs that match. */
  readonly q?: string;
  /** What stands there if no URL matches. */
  readonly empty: string;
  readonly hasBytes?: boolean;
}

const GROUPS_MAX = 30;

export function Groups({ job, by, title, q = '', empty, hasBytes = false }: GroupsProps) {
  const answer = useAnswer<GroupsAnswer>(asking(apiOf(job, 'groups'), { by, q, limit: GROUPS_MAX }));
  return (
    <section>
      <h2>{title}</h2>
      <Shown answer={answer}>
        {({ groups }) =>
          groups.length === 0 ? <p class="dim">{empty}</p> : <GroupTable {...{ job, by, groups, hasBytes }} />
        }
      </Shown>
    </section>
  );
}

type GroupTableProps = Pick<GroupsProps, 'job' | 'by' | 'hasBytes'> & Pick<GroupsAnswer, 'groups'>;

function GroupTable({ job, by, groups, hasBytes }: GroupTableProps) {
  const whole = groups.reduce((sum, { urls }) => sum + urls, 0);
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">{by === 'contentType' ? 'type' : by}</th>
          <th scope="col" class="figure">
            URLs
          </th>
          {hasBytes === true && (
            <th scope="col" class="figure">
              size
            </th>
          )}
          <th scope="col">share</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ value, urls, bytes, q, help }) => (
          <tr key={value}>
            <td>
              {value === null ? <span class="dim">nothing told</span> : <Foreign text={value} most={80} />}
              {help !== null && <p class="help">{help}</p>}
            </td>
            <td class="figure">
              <a href={linkTo(job, 'urls', { q })}>{count(urls)}</a>
            </td>
            {hasBytes === true && <td class="figure">{size(bytes)}</td>}
            <td class="share">
              <span class="track" aria-hidden="true">
                <span style={{ width: `${(100 * urls) / Math.max(1, whole)}%` }} />
              </span>
              <span class="dim">{share(urls, whole)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
