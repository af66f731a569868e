// A crawl that runs: its pace over time, its hosts, what is in flight, what failed, and what can be changed.

import type { JobAnswer, LiveState } from '../../serve/api.ts';
import { now } from '../clock.ts';
import { count, rate, size, span, time } from '../figures.ts';
import { shown } from '../foreign.ts';
import type { Watched } from '../live.ts';
import { Controls } from '../parts/controls.tsx';
import { Exclusions } from '../parts/exclusions.tsx';
import { Lanes } from '../parts/lanes.tsx';
import { Strip, spanFilter } from '../parts/strip.tsx';
import { Empty, Foreign, Url } from '../parts/words.tsx';
import { goTo, linkTo } from '../where.ts';

const FLIGHTS_SHOWN_MAX = 20;
const FAILURES_SHOWN_MAX = 30;

export function Now({ job, watched }: { job: JobAnswer; watched: Watched }) {
  const { live, rates, failures, limits } = watched;
  if (live === null) return <Empty>The first figures come within a second.</Empty>;
  const onSpan = (from: number, to: number): void => goTo(linkTo(job.id, 'urls', { q: spanFilter(from, to) }));
  return (
    <>
      <Figures job={job.id} live={live} />
      <Strip rates={rates} onSpan={onSpan} />
      <Controls job={job.id} live={live} />
      <Exclusions job={job.id} control={live.control} />
      <Waits live={live} />
      <Lanes job={job.id} hosts={live.hosts} limits={limits} />
      <Flights live={live} job={job.id} />
      <Failures job={job.id} failures={failures} />
    </>
  );
}

function Figures({ job, live }: { job: string; live: LiveState }) {
  const { urls, inFlight, pagesPerSecond, bytesPerSecond, bytes, elapsedMs, leftMs } = live;
  const states = (['done', 'failed', 'skipped', 'queued'] as const).map((state) => [state, urls[state]] as const);
  return (
    <dl class="figures">
      {states.map(([state, figure]) => (
        <div key={state}>
          <dt>{state}</dt>
          <dd>
            <a href={linkTo(job, 'urls', { q: `state:${state}` })}>{count(figure)}</a>
          </dd>
        </div>
      ))}
      <Figure name="in flight" value={count(inFlight)} />
      <Figure name="pages/s" value={rate(pagesPerSecond)} />
      <Figure name="bytes/s" value={size(bytesPerSecond)} />
      <Figure name="received" value={size(bytes)} />
      <Figure name="running for" value={span(elapsedMs)} />
      <Figure name="left" value={leftMs === null ? 'not known' : `about ${span(leftMs)}`} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Why the crawl is not finished. */
function Waits({ live: { waitingFor, notes, urls, inFlight, isPaused, isStopping } }: { live: LiveState }) {
  const reasons: string[] = [];
  if (isStopping) reasons.push(`It is stopping: ${count(inFlight)} requests are still answered.`);
  else if (isPaused) reasons.push('It is paused. Nothing new is asked for until it goes on.');
  if (waitingFor !== null) {
    const until = waitingFor.until === null ? '' : ` until ${time(waitingFor.until, now())}`;
    const why = waitingFor.why === '' ? '' : `: ${shown(waitingFor.why)}`;
    reasons.push(`It waits for ${shown(waitingFor.host)}${until}${why}`);
  }
  if (urls.queued > 0) reasons.push(`${count(urls.queued)} URLs are queued.`);
  if (inFlight > 0) reasons.push(`${count(inFlight)} requests are in flight.`);
  return (
    <section>
      <h2>Why it is not finished</h2>
      <ul class="lines">
        {[...reasons, ...notes.map((note) => shown(note))].map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </section>
  );
}

function Flights({ job, live: { flights, inFlight } }: { job: string; live: LiveState }) {
  if (flights === null) return null;
  const listed = flights.slice(0, FLIGHTS_SHOWN_MAX);
  return (
    <section>
      <h2>
        In flight <span class="dim">{count(Math.max(inFlight, flights.length))}</span>
      </h2>
      {listed.length === 0 && <p class="dim">Nothing is in flight now.</p>}
      <table class="plain">
        <thead class={listed.length === 0 ? 'unseen' : undefined}>
          <tr>
            <th scope="col">URL</th>
            <th scope="col">stage</th>
            <th scope="col" class="figure">
              age
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ url, stage, ageMs }) => (
            <tr key={url}>
              <td class="wide">
                <Url url={url} href={linkTo(job, 'url', { url })} />
              </td>
              <td>{stage}</td>
              <td class="figure">{span(ageMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {flights.length > listed.length && <p class="dim">and {count(flights.length - listed.length)} younger ones</p>}
    </section>
  );
}

function Failures({ job, failures }: { job: string; failures: Watched['failures'] }) {
  return (
    <section>
      <h2>Failures</h2>
      {failures.length === 0 && <p class="dim">None since the page was opened.</p>}
      <ul class="lines">
        {failures.slice(0, FAILURES_SHOWN_MAX).map(({ at, url, error, status, detail, isFinal }) => (
          <li key={`${at} ${url}`}>
            <span class="dim">{time(at, now())}</span> <strong class="red">{error ?? status}</strong>{' '}
            <Url url={url} href={linkTo(job, 'url', { url })} />
            <span class="dim">
              {detail !== null && <Foreign text={detail} most={120} />}
              {!isFinal && ' is asked again'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
