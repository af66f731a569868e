// Every path of the API: what it takes and what it gives. The server routes by this table, and the OpenAPI document is
// made from it.

import * as findings from './findings.ts';
import * as jobs from './jobs.ts';
import { list, object, oneOf, optional, orNull, type Schema, text, told, whole } from './schema.ts';
import * as urls from './urls.ts';

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** With names of its parts in braces. */
  readonly path: string;
  readonly about: string;
  readonly query: Readonly<Record<string, Schema<unknown>>>;
  /** The body of a POST. */
  readonly body: Schema<unknown> | null;
  readonly answer: Schema<unknown> | { readonly media: string; readonly about: string };
  /** Statuses of errors besides 400, 401, 403 and 404. */
  readonly errors: readonly number[];
}

type Parts = Partial<Pick<Endpoint, 'query' | 'body' | 'errors'>>;

function get(path: string, about: string, answer: Endpoint['answer'], parts: Parts = {}): Endpoint {
  return { method: 'GET', path, about, answer, query: {}, body: null, errors: [], ...parts };
}

function post(path: string, about: string, answer: Endpoint['answer'], parts: Parts = {}): Endpoint {
  return { method: 'POST', path, about, answer, query: {}, body: object({}), errors: [409], ...parts };
}

const filter = told(
  'A filter of the table: `status:404 type:html depth:>3 path:/docs host:example.com state:queued error:first-byte-timeout reason:robots bytes:>1MB time:>2s after:2026-01-01 -query:page words`.',
  text,
);
const limit = told('At most so many; from 1 to 1000.', whole);
const after = told('`next` of the part before.', text);
const sort = told('The column to sort by; without it the order in which the URLs were found.', oneOf(...urls.COLUMNS));
const order = oneOf('asc', 'desc');
const columns = told('Names of columns with commas between them.', text);
const which = { id: told('The id of a row; this or `url`.', whole), url: told('The URL or its key.', text) };
const events = `Server-sent events: \`history\` (HistoryEvent) first, then \`live\` (LiveState) and, where something failed,
\`failures\` (FailuresEvent), each at most five times a second, and \`end\` (an empty object) when the job can be read no more.`;

export const ENDPOINTS = {
  session: get('/api/session', 'What the page needs before its first change.', jobs.sessionAnswer),
  document: get('/api/openapi.json', 'This document.', { media: 'application/json', about: 'OpenAPI 3.1' }),
  jobs: get('/api/jobs', 'The jobs that are served.', jobs.jobsAnswer),
  job: get('/api/jobs/{job}', 'One job.', jobs.jobAnswer),
  events: get('/api/jobs/{job}/events', 'What is live.', { media: 'text/event-stream', about: events }),
  pause: post('/api/jobs/{job}/pause', 'Start no new requests for now.', findings.controlAnswer),
  resume: post('/api/jobs/{job}/resume', 'Go on.', findings.controlAnswer),
  stop: post('/api/jobs/{job}/stop', 'End the run gracefully; the job can go on later.', findings.controlAnswer),
  pace: post('/api/jobs/{job}/pace', 'Change pace and limits. What is left out stays.', jobs.paceSettings, {
    body: object({
      concurrency: optional(whole),
      hostConcurrency: optional(whole),
      delayMs: optional(whole),
      limit: optional(orNull(whole)),
    }),
  }),
  exclusions: get('/api/jobs/{job}/exclusions', 'What was excluded while the crawl ran.', findings.exclusionsAnswer),
  preview: post('/api/jobs/{job}/exclusions/preview', 'What an exclusion would take.', findings.previewAnswer, {
    body: object({ pattern: told('A regular expression, as for `--exclude`.', text) }),
    errors: [],
  }),
  exclude: post('/api/jobs/{job}/exclusions', 'Exclude URLs that match.', findings.exclusionsAnswer, {
    body: object({ pattern: text }),
  }),
  include: post(
    '/api/jobs/{job}/exclusions/{exclusion}/undo',
    'Take an exclusion back: its URLs are queued again.',
    findings.exclusionsAnswer,
  ),
  urls: get('/api/jobs/{job}/urls', 'The table of URLs.', urls.tableAnswer, {
    query: {
      q: filter,
      sort,
      order,
      columns,
      limit,
      after,
      offset: told('Jump to the row with this place, from 0; for a scroll bar. `after` is faster.', whole),
    },
  }),
  csv: get(
    '/api/jobs/{job}/urls.csv',
    'The whole table with this filter, order and columns.',
    { media: 'text/csv', about: 'A line for each row, the names of the columns first.' },
    {
      query: { q: filter, sort, order, columns },
    },
  ),
  groups: get('/api/jobs/{job}/groups', 'Counts of the matching URLs by the values of a column.', urls.groupsAnswer, {
    query: {
      by: told('The column.', oneOf('state', 'status', 'error', 'reason', 'contentType', 'depth', 'host')),
      q: filter,
      limit,
    },
  }),
  url: get('/api/jobs/{job}/url', 'The story of one URL.', urls.storyAnswer, { query: which }),
  links: get('/api/jobs/{job}/url/links', 'Its links, out or in.', urls.linksAnswer, {
    query: { ...which, direction: oneOf('out', 'in'), limit, after },
  }),
  text: get('/api/jobs/{job}/url/text', 'Its text.', urls.textAnswer, { query: which }),
  broken: get('/api/jobs/{job}/broken', 'Broken links.', findings.brokenAnswer),
  redirects: get('/api/jobs/{job}/redirects', 'Redirect chains and loops.', findings.redirectsAnswer),
  duplicates: get('/api/jobs/{job}/duplicates', 'URLs with the same bytes.', findings.duplicatesAnswer, {
    query: { limit },
  }),
  nearDuplicates: get(
    '/api/jobs/{job}/near-duplicates',
    'Pages with nearly the same words. It needs the index for searches.',
    findings.duplicatesAnswer,
    { query: { limit }, errors: [409] },
  ),
  traps: get('/api/jobs/{job}/traps', 'Traps by template.', findings.trapsAnswer),
  tree: get('/api/jobs/{job}/tree', 'The folders of the site.', findings.treeAnswer, {
    query: { path: told('The beginning of URLs, to the last slash; without it the hosts.', text), limit },
  }),
  graph: get('/api/jobs/{job}/graph', 'Links between the largest folders.', findings.graphAnswer, { query: { limit } }),
  timeline: get('/api/jobs/{job}/timeline', 'The job over time.', findings.timelineAnswer, {
    query: { from: whole, to: whole, points: told('How many points, at most 1000.', whole), q: filter },
  }),
  search: get(
    '/api/jobs/{job}/search',
    'Find pages by their words. It needs the index for searches.',
    findings.searchAnswer,
    {
      query: {
        q: told('The question, as for `gossamer search`.', text),
        from: told('How many results to leave out.', whole),
        limit,
        host: text,
        folder: text,
        type: text,
        language: told('`-` has the pages that name no language.', text),
        year: whole,
      },
      errors: [409],
    },
  ),
  metrics: get('/metrics', 'Figures for Prometheus.', { media: 'text/plain', about: 'The text format of Prometheus.' }),
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;

/** Documents that only events have. */
export const EVENT_DOCUMENTS: Schema<unknown> = list(
  object({ live: jobs.liveState, failures: jobs.failuresEvent, history: jobs.historyEvent }),
);
