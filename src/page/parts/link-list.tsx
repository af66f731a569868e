// The links of a URL in one direction. More of them come on demand.

import { useState } from 'preact/hooks';
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
  const add = async (after: string): Promise<void> => {
    try {
      const { links, next } = await ask<LinksAnswer>(asking(path, { url, direction, limit: MORE_MAX, after }));
      setMore({ links: [...(more?.links ?? []), ...links], next });
    } catch (error) {
      setFailure(error as AskError);
    }
  };
  return (
    <Shown answer={answer}>
      {({ total, links, next }) => {
        const last = more === null ? next : more.next;
        return (
          <section class="links">
            <h3>
              {direction === 'in' ? 'Links to it' : 'Links on it'} <span class="dim">{count(total)}</span>
            </h3>
            <ul>
              {[...links, ...(more?.links ?? [])].map(({ id, url: other, status, error, state }) => (
                <li key={id}>
                  <Url url={other} href={linkTo(job, 'url', { url: other })} />
                  <span class={(status ?? 0) >= 400 || error !== null ? 'red' : 'dim'}>{error ?? status ?? state}</span>
                </li>
              ))}
            </ul>
            {failure !== null && <Failure failure={failure} />}
            {last !== null && (
              <button type="button" onClick={() => add(last)}>
                More links
              </button>
            )}
          </section>
        );
      }}
    </Shown>
  );
}
