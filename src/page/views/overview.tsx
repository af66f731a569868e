// A crawl that does not run: what came of it, and when.

import type { JobAnswer, TimelineAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { now } from '../clock.ts';
import { count, size, span, time } from '../figures.ts';
import { Groups } from '../parts/groups.tsx';
import { Lanes } from '../parts/lanes.tsx';
import { ratesOf, Strip, spanFilter } from '../parts/strip.tsx';
import { Foreign, Wide } from '../parts/words.tsx';
import { goTo, linkTo } from '../where.ts';

const STRIP_POINTS = 300;

export function Overview({ job }: { job: JobAnswer }) {
  const { id, state, hosts } = job;
  const timeline = useAnswer<TimelineAnswer>(asking(apiOf(id, 'timeline'), { points: STRIP_POINTS }));
  const table = (sort: string, columns: string): string => linkTo(id, 'urls', { sort, columns });
  return (
    <>
      {state === 'unfinished' && (
        <p class="empty">
          The same <code>gossamer crawl</code> command goes on with it.
        </p>
      )}
      {timeline.value !== null && timeline.value.points.length > 1 && (
        <Strip
          rates={ratesOf(timeline.value)}
          onSpan={(from, to) => goTo(linkTo(id, 'urls', { q: spanFilter(from, to) }))}
        />
      )}
      <section>
        <h2>Look at</h2>
        <p class="choices">
          <a href={linkTo(id, 'urls')}>all URLs</a>
          <a href={linkTo(id, 'problems')}>broken links</a>
          <a href={table('-elapsedMs', 'url,status,elapsedMs,bytes,contentType')}>the slowest</a>
          <a href={table('-bytes', 'url,status,bytes,contentType,elapsedMs')}>the largest</a>
          <a href={table('-depth', 'url,status,depth,referrer')}>the deepest</a>
          <a href={table('-links', 'url,status,links,title')}>most links</a>
          <a href={linkTo(id, 'site')}>the folders</a>
        </p>
      </section>
      <div class="columns">
        <Groups job={id} by="state" title="States" empty="No URL is known." />
        <Groups job={id} by="status" title="Status codes" q="state:done" empty="Nothing was answered yet." />
        <Groups
          job={id}
          by="contentType"
          title="Types and sizes"
          q="state:done"
          empty="Nothing was answered yet."
          hasBytes
        />
        <Groups job={id} by="reason" title="Left out" q="state:skipped" empty="Nothing was left out." />
      </div>
      <Runs job={job} />
      {hosts.length > 0 && <Lanes job={id} hosts={hosts} limits={null} />}
      <Settings job={job} />
    </>
  );
}

function Runs({ job: { runs } }: { job: JobAnswer }) {
  return (
    <section>
      <h2>Runs</h2>
      <Wide label="runs">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">begun</th>
              <th scope="col">took</th>
              <th scope="col">ended by</th>
              <th scope="col" class="figure">
                requests
              </th>
              <th scope="col" class="figure">
                received
              </th>
              <th scope="col" class="figure">
                most in flight
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map(({ startedAt, elapsedMs, stoppedBy, requests, bytes, peakInFlight }) => (
              <tr key={startedAt}>
                <td>{time(startedAt, now())}</td>
                <td>{span(elapsedMs)}</td>
                <td>{stoppedBy ?? 'its end'}</td>
                <td class="figure">{count(requests)}</td>
                <td class="figure">{size(bytes)}</td>
                <td class="figure">{count(peakInFlight)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}

function Settings({ job }: { job: JobAnswer }) {
  const { roots, scope, include, exclude, depth, pageRequisites, folder, index } = job;
  const facts: readonly (readonly [name: string, values: readonly string[]])[] = [
    ['roots', roots],
    ['scope', [scope]],
    ['include', include],
    ['exclude', exclude],
    ['depth', [depth === null ? 'no limit' : String(depth)]],
    ['page requisites', [pageRequisites ? 'yes' : 'no']],
    ['folder', [folder]],
    ['index for searches', [index]],
  ];
  return (
    <section>
      <h2>Settings</h2>
      <dl class="facts">
        {facts
          .filter(([, values]) => values.length > 0)
          .map(([name, values]) => (
            <>
              <dt key={name}>{name}</dt>
              <dd>
                {values.slice(0, 20).map((value) => (
                  <div key={value}>
                    <Foreign text={value} />
                  </div>
                ))}
                {values.length > 20 && <span class="dim">and {count(values.length - 20)} more</span>}
              </dd>
            </>
          ))}
      </dl>
    </section>
  );
}
