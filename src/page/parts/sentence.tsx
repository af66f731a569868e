// The answer first: how the crawl is, as a person would say it. Its parts lead to the table of the URLs that they
// count.

import type { JobAnswer, LiveState, Sentence as Pieces } from '../../serve/api.ts';
import { now } from '../clock.ts';
import { isLongWait } from '../figures.ts';
import { shown } from '../foreign.ts';
import { linkTo } from '../where.ts';

type Mood = 'well' | 'wait' | 'act';

/** The sentence of a crawl. Green is never used: what is well has no mark. */
export function Sentence({ job, live, isLost }: { job: JobAnswer; live: LiveState | null; isLost: boolean }) {
  return (
    <>
      <p class="sentence" data-mood={moodOf(job, live)}>
        <PiecesOf job={job.id} sentence={live?.sentence ?? job.sentence} />
        {isLost && <span class="red"> The page has lost gossamer: what stands here is from before.</span>}
      </p>
      {/* The sentence changes five times a second; a screen reader is told only what matters. */}
      <p class="unseen" role="status">
        {live?.isPaused === true ? 'paused' : (live ?? job).state}
      </p>
    </>
  );
}

export function PiecesOf({ job, sentence }: { job: string; sentence: Pieces }) {
  return (
    <>
      {sentence.map(({ text, q }, at) =>
        q === null ? (
          shown(text, 1_000)
        ) : (
          <a key={`${at}-${q}`} href={linkTo(job, 'urls', { q })}>
            {shown(text)}
          </a>
        ),
      )}
    </>
  );
}

function moodOf(job: JobAnswer, live: LiveState | null): Mood {
  if (job.trouble !== null) return 'act';
  const { waitingFor } = live ?? job;
  const isWaiting = waitingFor !== null && isLongWait(waitingFor.until, now());
  return isWaiting || live?.isPaused === true ? 'wait' : 'well';
}
