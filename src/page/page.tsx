// The frame: which job, which view, and the keys that work everywhere.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { JobAnswer } from '../serve/api.ts';
import { apiOf, useAnswer } from './ask.ts';
import { after } from './clock.ts';
import { shown } from './foreign.ts';
import { useLive } from './live.ts';
import { Keys } from './parts/keys.tsx';
import { Sentence } from './parts/sentence.tsx';
import { Empty, Failure, Foreign } from './parts/words.tsx';
import { Jobs } from './views/jobs.tsx';
import { Now } from './views/now.tsx';
import { Overview } from './views/overview.tsx';
import { Problems } from './views/problems.tsx';
import { Search } from './views/search.tsx';
import { Site } from './views/site.tsx';
import { UrlStory } from './views/story.tsx';
import { Urls } from './views/urls.tsx';
import { linkTo, useWhere, VIEWS, type ViewName, type Where } from './where.ts';

const LABELS: Readonly<Record<ViewName, string>> = {
  now: 'Now',
  urls: 'URLs',
  url: 'URL',
  problems: 'Problems',
  site: 'Site',
  search: 'Search',
};

const AGAIN_MS = 1_000;

/** Its index is made again, or its table is read, after which the sentence says how many URLs are broken. */
function isGettingReady({ state, index, table }: JobAnswer): boolean {
  return index === 'renewing' || (state !== 'running' && table.rows < table.of);
}

export function Page() {
  const where = useWhere();
  const [areKeysShown, showKeys] = useState(false);
  useKeys(() => showKeys(true));
  return (
    <>
      {where.job === null ? (
        <Crawls onKeys={() => showKeys(true)} />
      ) : (
        <Job key={where.job} job={where.job} where={where} onKeys={() => showKeys(true)} />
      )}
      <Keys isOpen={areKeysShown} onClose={() => showKeys(false)} />
    </>
  );
}

function Crawls({ onKeys }: { onKeys: () => void }) {
  useTitle('Crawls');
  return (
    <>
      <header class="top">
        <h1>gossamer</h1>
        <KeysButton onKeys={onKeys} />
      </header>
      <main>
        <Jobs />
      </main>
    </>
  );
}

function Job({ job, where, onKeys }: { job: string; where: Where; onKeys: () => void }) {
  const [round, setRound] = useState(0);
  const answer = useAnswer<JobAnswer>(apiOf(job), round);
  const isRunning = answer.value?.state === 'running';
  const watched = useLive(isRunning ? job : null);
  const ended = isRunning && watched.live !== null && watched.live.state !== 'running';
  useEffect(() => {
    if (ended) setRound((before) => before + 1);
  }, [ended]);
  const isBeingRead = answer.value !== null && isGettingReady(answer.value);
  useEffect(
    () => (isBeingRead ? after(AGAIN_MS, () => setRound((before) => before + 1)) : undefined),
    [isBeingRead, answer.value],
  );
  const name = answer.value?.roots[0] ?? job;
  useTitle(`${LABELS[where.view]} - ${shown(name, 80)}`);
  return (
    <>
      <header class="top">
        <h1>
          <a href={linkTo(null)}>Crawls</a> <span class="dim">/</span> <Foreign text={name} most={80} />
        </h1>
        <nav aria-label="views of this crawl">
          {VIEWS.map((view) => (
            <a key={view} href={linkTo(job, view)} aria-current={view === where.view ? 'page' : undefined}>
              {view === 'now' && !isRunning ? 'Overview' : LABELS[view]}
            </a>
          ))}
        </nav>
        <KeysButton onKeys={onKeys} />
      </header>
      <main>
        {answer.failure !== null && <Failure failure={answer.failure} />}
        {answer.value !== null && (
          <>
            <Sentence job={answer.value} live={watched.live} isLost={watched.isLost} />
            <View where={where} job={answer.value} watched={watched} />
          </>
        )}
        {answer.value === null && answer.failure === null && <Empty>Reading the crawl…</Empty>}
      </main>
    </>
  );
}

function View({ where, job, watched }: { where: Where; job: JobAnswer; watched: ReturnType<typeof useLive> }) {
  const { view, asked } = where;
  if (job.trouble !== null) return <Empty>This crawl cannot be read: {shown(job.trouble)}</Empty>;
  if (view === 'urls') return <Urls job={job} asked={asked} />;
  if (view === 'url') return <UrlStory job={job.id} url={asked['url'] ?? ''} isWhole />;
  if (view === 'problems') return <Problems job={job} />;
  if (view === 'site') return <Site job={job} asked={asked} />;
  if (view === 'search') return <Search job={job} asked={asked} />;
  return job.state === 'running' ? <Now job={job} watched={watched} /> : <Overview job={job} />;
}

function KeysButton({ onKeys }: { onKeys: () => void }) {
  return (
    <button type="button" class="keys quiet" onClick={onKeys}>
      Keys <kbd>?</kbd>
    </button>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - gossamer`;
  }, [title]);
}

/** `/` goes to the filter or the question, `?` shows the keys. */
function useKeys(showKeys: () => void): void {
  const show = useRef(showKeys);
  show.current = showKeys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = document.querySelector<HTMLInputElement>('[data-key="/"]');
      if (event.key === '?') show.current();
      else if (event.key === '/' && field !== null) field.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
