// The smallest things that every view shows: a text from a site, a URL, the states of a view without rows.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { AskError, Asking } from '../ask.ts';
import { after } from '../clock.ts';
import { halves, shown } from '../foreign.ts';

const SAID_MS = 1_500;

/** A text that came from a site. */
export function Foreign({ text, most }: { text: string; most?: number }) {
  return <bdi class="foreign">{shown(text, most)}</bdi>;
}

/** A URL on one line. Its end stays visible, and it is copied whole. */
export function Url({ url, href }: { url: string; href?: string }) {
  const [beginning, end] = halves(url);
  const text = (
    <bdi class="url" dir="ltr" data-copied={url} title={shown(url, 2_000)}>
      <span class="url-beginning" style={{ maxWidth: `calc(100% - ${end.length}ch)` }}>
        {beginning}
      </span>
      {end}
    </bdi>
  );
  return href === undefined ? text : <a href={href}>{text}</a>;
}

/** If the selection lies within one URL, all of that URL is copied, also what is not in sight. */
export function copyWhole(event: ClipboardEvent): void {
  const parent = getSelection()?.getRangeAt(0).commonAncestorContainer;
  const element = parent instanceof Element ? parent : parent?.parentElement;
  const url = element?.closest<HTMLElement>('[data-copied]')?.dataset['copied'];
  if (url === undefined) return;
  event.clipboardData?.setData('text/plain', url);
  event.preventDefault();
}

export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('copy');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('not allowed'),
    );
    after(SAID_MS, () => setSaid('copy'));
  };
  return (
    <button type="button" class="quiet" aria-label={`copy ${what}`} onClick={copy}>
      {said}
    </button>
  );
}

/** A table that may be wider than its place. It is scrolled by the keyboard too. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever uses the keyboard must be able to scroll it.
    <section class="over" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** What stands in the place of a view that has nothing to show, and what to do next. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Failure({ failure, typed }: { failure: AskError; typed?: string }) {
  const { at } = failure;
  return (
    <p class="failure" role="alert">
      <strong>Not possible:</strong> {failure.message}
      {at !== null && typed !== undefined && at < typed.length && (
        <>
          {' '}
          <code>
            {shown(typed.slice(Math.max(0, at - 40), at))}
            <mark>{shown(typed.slice(at, at + 60))}</mark>
          </code>
        </>
      )}
    </p>
  );
}

/** Shows an answer, or why there is none. */
export function Shown<T>({ answer, children }: { answer: Asking<T>; children: (value: T) => ComponentChildren }) {
  if (answer.failure !== null) return <Failure failure={answer.failure} />;
  if (answer.value === null) return answer.isAsking ? <p class="empty">Reading…</p> : null;
  return <>{children(answer.value)}</>;
}
