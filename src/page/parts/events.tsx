// What happened to a URL, as a line of events: found, left out or asked, answered, archived.

import type { ComponentChildren } from 'preact';
import type { StoryAnswer } from '../../serve/api.ts';
import { now } from '../clock.ts';
import { count, countOf, size, span, time } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Foreign, Url } from './words.tsx';

export interface StoryEvent {
  readonly name: string;
  /** A person must act, or it waits; otherwise nothing. */
  readonly mood?: 'act' | 'wait';
  readonly what: ComponentChildren;
}

export function eventsOf(job: string, story: StoryAnswer): StoryEvent[] {
  return [
    found(job, story),
    ...host(story),
    ...story.attempts.map(attempted),
    ...settled(job, story),
    ...archived(story),
    ...removed(story),
  ];
}

function found(job: string, { foundOn, depth, sitemap }: StoryAnswer): StoryEvent {
  const what = (
    <>
      {foundOn.length === 0 && sitemap === null && <p>It is where the crawl began.</p>}
      {foundOn.length > 0 && <p>{depth === 1 ? 'One link' : `${count(depth)} links`} from a root, by way of</p>}
      <UrlsInTurn job={job} steps={foundOn} />
      {sitemap !== null && (
        <p>
          listed in the sitemap <Url url={sitemap.sitemap} />
          {sitemap.lastmod !== null && <> as changed {<Foreign text={sitemap.lastmod} />}</>}
        </p>
      )}
    </>
  );
  return { name: 'Found', what };
}

function UrlsInTurn({ job, steps }: { job: string; steps: StoryAnswer['foundOn'] }) {
  return (
    <>
      {steps.map(({ url, status, fragment }) => (
        <p key={url} class="step">
          <Url url={url + (fragment ?? '')} href={linkTo(job, 'url', { url })} /> <span class="dim">{status}</span>
        </p>
      ))}
    </>
  );
}

function host({ host: asked, status }: StoryAnswer): StoryEvent[] {
  if (asked === null) return [];
  const { robots, heldUntil, why } = asked;
  const events: StoryEvent[] = [];
  if (robots !== null) {
    const { verdict } = robots;
    const what =
      verdict === null || verdict.line === 0 ? (
        `It answered ${robots.status || 'nothing'}; no line applies to this URL.`
      ) : (
        <>
          {verdict.allowed ? 'Allowed' : 'Forbidden'} by line {verdict.line}: <Foreign text={verdict.text} />
        </>
      );
    events.push({ name: 'robots.txt', what });
  }
  const isWaiting = heldUntil !== null && status === null;
  if (isWaiting) {
    const until = time(Date.parse(heldUntil), now());
    events.push({
      name: 'Waits',
      mood: 'wait',
      what: (
        <>
          for its host until {until}
          {why !== null && (
            <>
              : <Foreign text={why} />
            </>
          )}
        </>
      ),
    });
  }
  return events;
}

function attempted({ at, error, status, form, takenBackAt }: StoryAnswer['attempts'][number]): StoryEvent {
  const result = error ?? (status === 0 ? 'nothing was asked' : `status ${status}`);
  return {
    name: takenBackAt === null ? 'Tried' : 'Queued again',
    what: (
      <>
        {moment(at)} {result}
        {form !== null && (
          <>
            ; it leads to another form, <Url url={form} />
          </>
        )}
        {takenBackAt !== null && `; taken back ${moment(takenBackAt)}`}
      </>
    ),
  };
}

function settled(job: string, story: StoryAnswer): StoryEvent[] {
  const { state, because, dueAt, status, error, help, detail } = story;
  if (state === 'queued' || state === 'leased') {
    const when = dueAt === null ? 'until its turn comes' : `until ${moment(dueAt)}`;
    return [{ name: 'Queued', mood: 'wait', what: `It waits ${when}.` }];
  }
  if (state === 'skipped' && status === null) return [{ name: 'Left out', what: because ?? story.reason ?? '' }];
  const isBad = error !== null || (status ?? 0) >= 400;
  const what = (
    <>
      <p>
        {moment(story.fetchedAt)} <strong class={isBad ? 'red' : undefined}>{error ?? `status ${status}`}</strong>
        {error !== null && status !== null && status > 0 && ` after status ${status}`}
      </p>
      {help !== null && <p>{help}</p>}
      {because !== null && <p>{because}</p>}
      {detail !== null && (
        <p>
          <Foreign text={detail} />
        </p>
      )}
      <p class="dim">{responseOf(story)}</p>
      {story.redirects.length > 0 && <p>It redirects to</p>}
      <UrlsInTurn job={job} steps={story.redirects} />
    </>
  );
  return [{ name: error === null ? 'Answered' : 'Failed', ...(isBad && { mood: 'act' as const }), what }];
}

function responseOf({ contentType, charset, bytes, elapsedMs, remoteAddress, truncated, links }: StoryAnswer): string {
  const parts = [
    contentType,
    charset,
    bytes === null ? null : size(bytes),
    elapsedMs === null ? null : `in ${span(elapsedMs)}`,
    remoteAddress === null ? null : `from ${remoteAddress}`,
    truncated === null ? null : `cut off: ${truncated}`,
    countOf(links, 'link'),
  ];
  return parts.filter((part) => part !== null && part !== '').join(', ');
}

function archived({ archive, unreadable, sha256 }: StoryAnswer): StoryEvent[] {
  if (archive === null) return [];
  const { file, offset, length } = archive;
  const what = (
    <>
      <p>
        <Foreign text={file} /> at {count(offset)}, {size(length)}
      </p>
      {sha256 !== null && (
        <p class="dim">
          SHA-256 <code class="digest">{sha256}</code>
        </p>
      )}
      {unreadable !== null && <p class="red">It cannot be read: {unreadable}</p>}
    </>
  );
  return [{ name: 'Archived', ...(unreadable !== null && { mood: 'act' as const }), what }];
}

function removed({ removedAt }: StoryAnswer): StoryEvent[] {
  return removedAt === null ? [] : [{ name: 'Taken down', what: `${moment(removedAt)} Its records are overwritten.` }];
}

function moment(at: string | null): string {
  return at === null ? '' : time(Date.parse(at), now());
}
