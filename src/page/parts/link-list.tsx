// The links of a URL in one direction. More of them come on demand.

import { useEffect, useState } from 'preact/hooks';
import type { LinkLine, LinksAnswer } from '../../serve/api.ts';
import { type AskError, apiOf, ask, asking, useAnswer } from '../ask.ts';
import { count } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Failure, Shown, Url } from './words.tsx';

const FIRST_MAX = 20;
const MORE_MAX = 200;

interface LinkListProps {
  readonly job: string;
  readonly url: string;
  readonly direction: 'in' | 'out';
}

export function LinkList({ job, url, direction }: LinkListProps) {
  const path = apiOf(job, 'url/links');
  const answer = useAnswer<LinksAnswer>(asking(path, { url, direction, limit: FIRST_MAX }));
  const [more, setMore] = useState<{ links: readonly LinkLine[]; next: string | null } | null>(null);
  const [failure, setFailure] = useState<AskError | null>(null);
  const next = more === null ? (answer.value?.next ?? null) : more.next;
  const links = [...(answer.value?.links ?? []), ...(more?.links ?? [])];
  const add = (): void => {
    ask<LinksAnswer>(asking(path, { url, direction, limit: MORE_MAX, after: next! })).then(
      (part) => setMore({ links: [...(more?.links ?? []), ...part.links], next: part.next }),
      setFailure,
    );
  };
  // Of a large job each answer looks at some of the pages: what is asked first is looked for to the end.
  const isLooking = next !== null && links.length < FIRST_MAX && failure === null;
  useEffect(() => (isLooking ? add() : undefined), [next]);
  return (
    <Shown answer={answer}>
      {({ total }) => (
        <section class="links">
          <h3>
            {direction === 'in' ? 'Links to it' : 'Links on it'}{' '}
            <span class="dim">
              {total !== null ? count(total) : `${count(links.length)}${next === null ? '' : ' or more'}`}
            </span>
          </h3>
          <ul>
            {links.map(({ id, url: other, status, error, state }) => (
              <li key={id}>
                <Url url={other} href={linkTo(job, 'url', { url: other })} />
                <span class={(status ?? 0) >= 400 || error !== null ? 'red' : 'dim'}>{error ?? status ?? state}</span>
              </li>
            ))}
          </ul>
          {isLooking && <p class="dim">Not all pages were looked at yet.</p>}
          {failure !== null && <Failure failure={failure} />}
          {next !== null && !isLooking && (
            <button type="button" onClick={add}>
              More links
            </button>
          )}
        </section>
      )}
    </Shown>
  );
}
