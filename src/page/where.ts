// Where the reader is: the job, the view and what was asked of it. All of it stands in the address bar, so a view can
// be sent to a colleague, and back and forward work.

import { useEffect, useState } from 'preact/hooks';

export const VIEWS = ['now', 'urls', 'problems', 'site', 'search'] as const;
export type ViewName = (typeof VIEWS)[number] | 'url';

export interface Where {
  /** Null is the list of jobs. */
  readonly job: string | null;
  readonly view: ViewName;
  readonly asked: Readonly<Record<string, string>>;
}

/** `#/job/view?name=value`. What is not understood is the list of jobs. */
export function whereOf(hash: string): Where {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [job = '', view = 'now'] = path.split('/');
  const known = view === 'url' || VIEWS.some((name) => name === view);
  return {
    job: job === '' ? null : decoded(job),
    view: known ? (view as ViewName) : 'now',
    asked: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** What is empty is left out. */
export function linkTo(job: string | null, view: ViewName = 'now', asked: Where['asked'] = {}): string {
  if (job === null) return '#/';
  const given = Object.entries(asked).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return `#/${encodeURIComponent(job)}/${view}${query === '' ? '' : `?${query}`}`;
}

/** While somebody types, the address is replaced, so that going back leaves the view. */
export function goTo(link: string, isReplaced = false): void {
  if (link === location.hash) return;
  if (!isReplaced) {
    location.hash = link;
    return;
  }
  history.replaceState(null, '', link);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useWhere(): Where {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return whereOf(hash);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
