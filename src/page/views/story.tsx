// The story of one URL: a line of events, its links in and out, what was answered, its text, and the archived page.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { StoryAnswer, TextAnswer } from '../../serve/api.ts';
import { apiOf, asking, useAnswer } from '../ask.ts';
import { eventsOf } from '../parts/events.tsx';
import { LinkList } from '../parts/link-list.tsx';
import { Copy, Foreign, Shown, Url } from '../parts/words.tsx';
import { linkTo } from '../where.ts';
import { ArchivedPage } from './archived.tsx';

interface StoryProps {
  readonly job: string;
  readonly url: string;
  /** It has the whole view, and the archived page stands beside it. */
  readonly isWhole?: boolean;
  readonly onClose?: () => void;
}

export function UrlStory({ job, url, isWhole = false, onClose }: StoryProps) {
  const answer = useAnswer<StoryAnswer>(asking(apiOf(job, 'url'), { url }));
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose?.();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [onClose]);
  return (
    <div class={isWhole ? 'story whole-story' : 'story'}>
      {onClose !== undefined && (
        <div class="bar">
          <a href={linkTo(job, 'url', { url })}>Open alone</a>
          <button type="button" class="right" onClick={onClose}>
            Close
          </button>
        </div>
      )}
      <Shown answer={answer}>{(story) => <Told {...{ job, story, isWhole }} />}</Shown>
    </div>
  );
}

function Told({ job, story, isWhole }: { job: string; story: StoryAnswer; isWhole: boolean }) {
  const { url, title, viewUrl } = story;
  return (
    <>
      <article>
        <header class="story-head">
          <h2>
            <Url url={url} />
          </h2>
          <p>
            {title !== null && (
              <>
                “<Foreign text={title} />”{' '}
              </>
            )}
            <Copy text={url} what="the URL" />
            {viewUrl !== null && !isWhole && <a href={linkTo(job, 'url', { url })}>Archived page</a>}
          </p>
        </header>
        <ol class="events">
          {eventsOf(job, story).map(({ name, mood, what }, at) => (
            <li key={`${at}-${name}`} data-mood={mood}>
              <h3>{name}</h3>
              <div>{what}</div>
            </li>
          ))}
        </ol>
        <LinkList key={`in ${url}`} {...{ job, url }} direction="in" />
        <LinkList key={`out ${url}`} {...{ job, url }} direction="out" />
        <Headers story={story} />
        {viewUrl !== null && <PageText key={url} {...{ job, url }} />}
      </article>
      {isWhole && viewUrl !== null && <ArchivedPage {...{ viewUrl, url }} capturedAt={story.fetchedAt} />}
    </>
  );
}

function Headers({ story: { headers } }: { story: StoryAnswer }) {
  if (headers === null) return null;
  return (
    <Fold title={`Header fields of the response (${headers.length})`}>
      <dl class="facts">
        {headers.map(([name = '', value = ''], at) => (
          <>
            <dt key={`${at}-${name}`}>
              <Foreign text={name} />
            </dt>
            <dd>
              <Foreign text={value} most={4_000} />
            </dd>
          </>
        ))}
      </dl>
    </Fold>
  );
}

function PageText({ job, url }: { job: string; url: string }) {
  const [isOpen, setOpen] = useState(false);
  const answer = useAnswer<TextAnswer>(isOpen ? asking(apiOf(job, 'url/text'), { url }) : null);
  return (
    <Fold title="Text" onOpen={() => setOpen(true)}>
      <Shown answer={answer}>
        {({ markdown, isCut }) => (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever uses the keyboard must be able to scroll it. */}
            <pre class="page-text" dir="auto" tabIndex={0}>
              {markdown === '' ? 'There is no text on this page.' : markdown}
            </pre>
            {isCut && <p class="dim">The rest is left out here; gossamer export markdown has all of it.</p>}
          </>
        )}
      </Shown>
    </Fold>
  );
}

/** A part that is closed at first. */
function Fold({ title, onOpen, children }: { title: string; onOpen?: () => void; children: ComponentChildren }) {
  return (
    <details class="fold" onToggle={(event) => event.currentTarget.open && onOpen?.()}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
