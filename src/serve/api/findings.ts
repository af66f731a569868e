// Documents about what a job found: problems, the shape of the site, answers of a search.

import { urlCounts } from './jobs.ts';
import { amount, flag, list, named, object, orNull, type TypeOf, text, time, told, whole } from './schema.ts';

export const brokenAnswer = named(
  'BrokenAnswer',
  'URLs that are broken and the pages that link to them, the most linked first.',
  object({
    total: whole,
    links: told('How many links lead to them.', whole),
    urls: list(
      object({
        url: text,
        status: orNull(whole),
        error: orNull(text),
        help: orNull(text),
        redirectsTo: orNull(text),
        links: whole,
        referrers: told('At most ten; `/url/links` has all.', list(text)),
      }),
    ),
    badLinks: told('Links that cannot become URLs.', list(object({ page: text, href: text, element: text }))),
    badLinksTotal: whole,
    tookMs: amount,
  }),
);

const chain = object({ hops: whole, urls: list(text) });

export const redirectsAnswer = named(
  'RedirectsAnswer',
  'Redirects that lead to redirects, and loops.',
  object({
    total: told('How many URLs redirect.', whole),
    chainCount: whole,
    chains: list(chain),
    loopCount: whole,
    loops: list(chain),
    tookMs: amount,
  }),
);

export const duplicatesAnswer = named(
  'DuplicatesAnswer',
  'Groups of URLs with the same bytes, or with nearly the same words; the group with most URLs first.',
  object({
    groupCount: whole,
    groups: list(
      object({
        urls: whole,
        bytes: orNull(whole),
        examples: list(text),
        q: told('The filter for the table.', orNull(text)),
      }),
    ),
    tookMs: amount,
  }),
);

export const trapsAnswer = named(
  'TrapsAnswer',
  'Endless series of pages that were set aside.',
  object({ urls: whole, traps: list(object({ trap: text, urls: whole, example: text })), tookMs: amount }),
);

export const treeAnswer = named(
  'TreeAnswer',
  'The folders and files directly in a folder. Without a path: the hosts.',
  object({
    path: text,
    children: list(
      object({
        name: text,
        path: told('The beginning of all its URLs; give it as `path` if it is a folder.', text),
        isFolder: flag,
        urls: whole,
        bytes: whole,
        states: urlCounts,
        statuses: told('By class, from 2xx to 5xx.', list(whole)),
        q: text,
      }),
    ),
    isCut: told('There are more children than are listed.', flag),
    tookMs: amount,
    upTo: object({ rows: whole, of: whole, isComplete: flag }),
  }),
);

export const graphAnswer = named(
  'GraphAnswer',
  'How the largest folders link to each other.',
  object({
    nodes: list(object({ path: text, urls: whole, linksIn: whole, linksOut: whole })),
    edges: told('`from` and `to` are places in `nodes`.', list(object({ from: whole, to: whole, links: whole }))),
    isCut: flag,
    tookMs: amount,
  }),
);

export const timelineAnswer = named(
  'TimelineAnswer',
  'The job over time, in steps of equal length.',
  object({
    from: orNull(time),
    to: orNull(time),
    stepMs: amount,
    points: list(object({ at: time, pages: whole, bytes: whole, failures: whole })),
    holds: told('When hosts had to wait, as the logs tell.', list(object({ host: text, from: time, to: time }))),
    tookMs: amount,
    upTo: object({ rows: whole, of: whole, isComplete: flag }),
  }),
);

const facet = list(object({ value: text, pages: whole }));

export const searchAnswer = named(
  'SearchAnswer',
  'Ranked pages.',
  object({
    total: whole,
    isAtLeast: told('There may be more than `total`.', flag),
    results: list(
      object({
        url: text,
        title: orNull(text),
        language: orNull(text),
        fetchedAt: time,
        snippet: told('Pieces in order; the marked ones match.', list(object({ text, isMatch: flag }))),
        alike: told('Pages that say nearly the same.', list(text)),
        viewUrl: orNull(text),
      }),
    ),
    facets: object({ host: facet, folder: facet, type: facet, language: facet, year: facet }),
    suggestion: orNull(text),
    tookMs: amount,
  }),
);

export const controlAnswer = named(
  'ControlAnswer',
  'How the crawl stands after a change.',
  object({ isPaused: flag, isStopping: flag }),
);

export const exclusion = named(
  'Exclusion',
  'A pattern that was excluded while the crawl ran.',
  object({ id: whole, pattern: text, since: time, setAside: told('How many queued URLs it took so far.', whole) }),
);
export const exclusionsAnswer = named(
  'ExclusionsAnswer',
  'What is excluded now.',
  object({ exclusions: list(exclusion) }),
);
export const previewAnswer = named(
  'PreviewAnswer',
  'What an exclusion would take.',
  object({ queued: told('How many queued URLs match.', whole), examples: list(text), tookMs: amount }),
);

export type BrokenAnswer = TypeOf<typeof brokenAnswer>;
export type RedirectsAnswer = TypeOf<typeof redirectsAnswer>;
export type DuplicatesAnswer = TypeOf<typeof duplicatesAnswer>;
export type TrapsAnswer = TypeOf<typeof trapsAnswer>;
export type TreeAnswer = TypeOf<typeof treeAnswer>;
export type GraphAnswer = TypeOf<typeof graphAnswer>;
export type TimelineAnswer = TypeOf<typeof timelineAnswer>;
export type FacetedAnswer = TypeOf<typeof searchAnswer>;
export type ControlAnswer = TypeOf<typeof controlAnswer>;
export type Exclusion = TypeOf<typeof exclusion>;
export type ExclusionsAnswer = TypeOf<typeof exclusionsAnswer>;
export type PreviewAnswer = TypeOf<typeof previewAnswer>;
