// The list of crawls: one line each, the newest first.

import { useEffect, useState } from 'preact/hooks';
import type { JobLine, JobsAnswer } from '../../serve/api.ts';
import { useAnswer } from '../ask.ts';
import { after, now } from '../clock.ts';
import { time } from '../figures.ts';
import { shown } from '../foreign.ts';
import { PiecesOf } from '../parts/sentence.tsx';
import { Empty, Foreign, Shown } from '../parts/words.tsx';
import { linkTo } from '../where.ts';

const AGAIN_MS = 2_000;

export function Jobs() {
  const [round, setRound] = useState(0);
  const answer = useAnswer<JobsAnswer>('/api/jobs', round);
  const isAnyRunning = answer.value?.jobs.some(({ state }) => state === 'running') ?? false;
  useEffect(
    () => (isAnyRunning ? after(AGAIN_MS, () => setRound(round + 1)) : undefined),
    [isAnyRunning, answer.value],
  );
  return (
    <Shown answer={answer}>
      {({ jobs, searchedIn }) =>
        jobs.length === 0 ? (
          <Empty>
            There is no crawl yet in {shown(searchedIn.join(', '), 500)}. Start one with{' '}
            <code>gossamer crawl https://example.com</code>: it appears here when this page is loaded again.
          </Empty>
        ) : (
          <ul class="jobs">
            {jobs.map((job) => (
              <Line key={job.id} job={job} />
            ))}
          </ul>
        )
      }
    </Shown>
  );
}

function Line({ job }: { job: JobLine }) {
  const { id, roots, folder, startedAt, state, trouble, sentence } = job;
  return (
    <li data-state={state}>
      <h2>
        <a href={linkTo(id)}>
          <Foreign text={roots[0] ?? folder} most={120} />
        </a>
        {roots.length > 1 && <span class="dim"> and {roots.length - 1} more</span>}
      </h2>
      <p>
        {trouble === null ? (
          <PiecesOf job={id} sentence={sentence} />
        ) : (
          <span class="red">Cannot be read: {shown(trouble)}</span>
        )}
      </p>
      <p class="dim">
        <Foreign text={folder} />
        {startedAt !== null && `, begun ${time(startedAt, now())}`}
      </p>
    </li>
  );
}
