// Documents about URLs: the table, the story of one, its links and its text.

import {
  amount,
  flag,
  list,
  named,
  object,
  oneOf,
  optional,
  orNull,
  type TypeOf,
  text,
  time,
  told,
  whole,
} from './schema.ts';

export const urlState = oneOf('queued', 'leased', 'done', 'failed', 'skipped');

/** The columns of the table, in their usual order. */
export const COLUMNS = [
  'url',
  'state',
  'status',
  'error',
  'reason',
  'contentType',
  'bytes',
  'elapsedMs',
  'fetchedAt',
  'depth',
  'links',
  'title',
  'referrer',
  'redirectTo',
  'host',
  'tries',
  'truncated',
  'charset',
  'sha256',
] as const;
export type TableColumn = (typeof COLUMNS)[number];

export const tableRow = named(
  'TableRow',
  'A row of the table. It has `id`, `url` and the columns that were asked for.',
  object({
    id: told('It stays the same, and paths of this API take it.', whole),
    url: text,
    state: optional(urlState),
    status: optional(orNull(whole)),
    error: optional(orNull(text)),
    reason: optional(orNull(text)),
    contentType: optional(orNull(text)),
    bytes: optional(orNull(whole)),
    elapsedMs: optional(orNull(whole)),
    fetchedAt: optional(orNull(time)),
    depth: optional(whole),
    links: optional(whole),
    title: optional(orNull(text)),
    referrer: optional(orNull(text)),
    redirectTo: optional(orNull(text)),
    host: optional(text),
    tries: optional(whole),
    truncated: optional(orNull(text)),
    charset: optional(orNull(text)),
    sha256: optional(orNull(text)),
  }),
);

const upTo = told(
  'How much of the job the table has. While the table is read, answers are of what is read so far.',
  object({ rows: whole, of: whole, isComplete: flag }),
);

export const tableAnswer = named(
  'TableAnswer',
  'A part of the table of URLs.',
  object({
    total: told('How many rows match.', whole),
    rows: list(tableRow),
    next: told('Give it as `after` for the next part; null at the end.', orNull(text)),
    tookMs: amount,
    upTo,
  }),
);

export const groupsAnswer = named(
  'GroupsAnswer',
  'The matching URLs by the values of one column, most URLs first; `value` is null where there is nothing.',
  object({
    by: text,
    groups: list(
      object({
        value: orNull(text),
        urls: whole,
        bytes: whole,
        q: told('The filter for the table that gives these URLs.', text),
        help: told('A sentence that says what an error or a reason means; null for other columns.', orNull(text)),
      }),
    ),
    tookMs: amount,
    upTo,
  }),
);

export const linkLine = named(
  'LinkLine',
  'A URL at one end of a link.',
  object({ id: whole, url: text, state: urlState, status: orNull(whole), error: orNull(text) }),
);

export const linksAnswer = named(
  'LinksAnswer',
  'Links of a URL in one direction.',
  object({
    total: told('How many there are; null if not all pages were looked at for this answer.', orNull(whole)),
    links: list(linkLine),
    next: told('Give it as `after` to go on; a part may be short, or empty, and not the last.', orNull(text)),
    tookMs: amount,
  }),
);

const pathStep = object({
  url: text,
  state: orNull(urlState),
  status: orNull(whole),
  depth: orNull(whole),
  fetchedAt: orNull(text),
  fragment: told('The fragment of the redirect that leads to it, with its `#`.', orNull(text)),
});

export const storyAnswer = named(
  'StoryAnswer',
  'Everything that is known of one URL. Times are ISO 8601.',
  object({
    id: whole,
    url: text,
    key: text,
    state: urlState,
    reason: orNull(text),
    because: told('Why it was not asked for, a sentence; null if it was.', orNull(text)),
    error: orNull(text),
    help: told('What the error or the status means, a sentence.', orNull(text)),
    detail: orNull(text),
    status: orNull(whole),
    truncated: orNull(text),
    depth: whole,
    hops: whole,
    tries: whole,
    contentType: orNull(text),
    charset: orNull(text),
    bytes: orNull(whole),
    sha256: orNull(text),
    title: orNull(text),
    description: orNull(text),
    language: orNull(text),
    links: whole,
    fetchedAt: orNull(text),
    elapsedMs: orNull(whole),
    remoteAddress: orNull(text),
    protocol: told('http/1.1, or h2 for HTTP/2.', orNull(text)),
    foundOn: told('From the page that led to it back to a root.', list(pathStep)),
    redirects: told('The targets of its redirects, hop by hop.', list(pathStep)),
    sitemap: orNull(
      object({ sitemap: text, lastmod: orNull(text), changefreq: orNull(text), priority: orNull(amount) }),
    ),
    dueAt: orNull(text),
    removedAt: orNull(text),
    attempts: list(
      object({
        at: orNull(text),
        error: orNull(text),
        status: whole,
        form: orNull(text),
        takenBackAt: told('When the user queued it again.', orNull(text)),
      }),
    ),
    host: orNull(
      object({
        host: text,
        heldUntil: orNull(text),
        why: orNull(text),
        robots: orNull(
          object({
            fetchedAt: orNull(text),
            expiresAt: orNull(text),
            status: whole,
            bytes: orNull(whole),
            verdict: orNull(object({ allowed: flag, line: whole, text })),
          }),
        ),
      }),
    ),
    archive: orNull(object({ file: text, offset: whole, length: whole })),
    unreadable: told('Why its record cannot be read.', orNull(text)),
    headers: told('The fields of the response as they came; null without a record.', orNull(list(list(text)))),
    viewUrl: told('Shows the archived page, on the other origin; null if it has no record.', orNull(text)),
  }),
);

export const textAnswer = named(
  'TextAnswer',
  'The content of a page as Markdown. It is text: show it as such.',
  object({ title: orNull(text), language: orNull(text), markdown: text, isCut: flag }),
);

export type TableRow = TypeOf<typeof tableRow>;
export type TableAnswer = TypeOf<typeof tableAnswer>;
export type GroupsAnswer = TypeOf<typeof groupsAnswer>;
export type LinkLine = TypeOf<typeof linkLine>;
export type LinksAnswer = TypeOf<typeof linksAnswer>;
export type StoryAnswer = TypeOf<typeof storyAnswer>;
export type TextAnswer = TypeOf<typeof textAnswer>;
