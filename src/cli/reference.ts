// The words of a job for people: the fields of a row, the states, reasons, errors and exit codes, as the page
// docs/guide/reference.md. The types hold each table complete, and test/readme.test.ts keeps the page equal to it.

import { ERROR_CODES, type ErrorCode, SKIP_REASONS, type SkipReason } from '../base/errors.ts';
import type { UrlState } from '../base/ledger.ts';
import { meaningOfError } from '../base/meaning.ts';
import type { UrlRecord } from '../views/tables/record.ts';
import { EXIT } from './crawl/watch.ts';
import { ERRORS } from './failure-text.ts';

const STATES: Readonly<Record<UrlState, string>> = {
  queued: 'it waits for its turn, or for its next try',
  leased: 'it is being asked now; after a kill it is `queued` again',
  done: 'a response was had, whatever its status: a 404 is done too',
  failed: 'no whole response was had; `error` says why',
  skipped: 'it was decided not to ask for it; `reason` says why',
};

const REASONS: Readonly<Record<SkipReason, string>> = {
  scope: 'it is outside of `--scope`, or no `--include` matches it',
  robots: 'robots.txt of its host forbids it; `gossamer why` names the line',
  depth: 'it is further from a root than `--depth`',
  trap: 'it belongs to a kind of URL without end that says nothing new; `gossamer why` names it',
  address:
    'its host has a private or loopback address, and no root is that address or was at it when the job began; `--allow-private` asks it',
  port: 'its port is not usual for the web; `--allow-port` asks it',
  scheme: 'it is neither http nor https',
  nofollow: 'every link to it asks not to be followed; `--follow-nofollow` follows them',
  'url-length': 'it is longer than servers take',
  budget: 'its host has had as many requests as `--host-limit` allows',
  excluded: 'an `--exclude` matches it',
  logout: 'it looks like the end of a session, and you gave credentials',
  removed: 'it was taken down by `gossamer remove`',
};

/** What follows from an error where no response came. */
function consequenceOf(error: ErrorCode): string {
  const { url, host } = meaningOfError(error);
  if (host === 'unreachable') return 'the whole host waits; a host that never answered is given up after three tries';
  if (url === 'unspent') return 'it is asked again, and no try is spent';
  return url === 'again' ? 'the URL is asked again, up to `--retries` times' : 'it fails at once';
}

const FIELDS: Readonly<Record<keyof UrlRecord, readonly [type: string, doc: string]>> = {
  url: ['text', 'as it was found, without fragment; this is what is asked'],
  key: ['text', 'the URL normalised; two URLs with one key are one row'],
  state: ['text', 'one of the states below'],
  reason: ['text or null', 'why it was skipped: one of the reasons below'],
  error: ['text or null', 'why it failed: one of the errors below'],
  status: ['number or null', 'of the response, where one began'],
  truncated: [
    'text or null',
    '`length` and `time`: we cut the body; `disconnect`: the server did; null: the body is whole',
  ],
  depth: ['number', 'links from a root; a redirect adds nothing'],
  referrer: ['text or null', 'the first page that led to it'],
  redirectTo: ['text or null', 'where its redirect leads'],
  tries: ['number', 'tries that were spent on it'],
  contentType: ['text or null', 'media type without parameters, in lower case'],
  charset: ['text or null', 'the encoding in which it was read, by its name in the Encoding standard'],
  bytes: ['number or null', 'length of the body as it was sent, before its content coding is undone'],
  sha256: ['text or null', 'of those bytes, in hexadecimal'],
  title: ['text or null', 'of the page'],
  links: ['number', 'distinct URLs that the page links to; with `--links` the URLs themselves'],
  fetchedAt: ['text or null', 'when it was last asked: ISO 8601 in UTC'],
  elapsedMs: ['number or null', 'how long that took, in milliseconds'],
  remoteAddress: ['text or null', 'the IP address that answered'],
  archive: ['object or null', '`file`, `offset` and `length` of its record, in bytes'],
  text: ['object or null', 'what the page says of itself: `description`, `language`, `canonical`, `robots`'],
  unkept: [
    'object or null',
    'links that are counted and not kept: `dropped` past the limits of a page, `tooLong`, and of an `otherScheme` than http and https',
  ],
  detail: ['text or null', 'a remark in words, where there is something to say'],
};

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  finished: 'finished',
  fatal: 'a fatal error, or no root gave any response',
  usage: 'wrong usage, or the folder of the job cannot be used as it is',
  machine: 'the machine failed, for example its disk is full; the same command goes on',
  gate: 'finished, and there is something that `--fail-on` names',
  interrupted: 'interrupted by Ctrl-C; the same command goes on',
  held: 'hosts kept us waiting beyond `--host-patience`; the same command asks them again',
  interruptedNow: 'interrupted by a second Ctrl-C; the same command goes on',
  size: 'stopped at `--size-limit`',
  time: 'stopped at `--time-limit`; the same command goes on',
  limit: 'stopped at `--limit`',
};

/** The reference as markdown: one table for each closed list. */
export function referenceMarkdown(): string {
  return [
    '# Reference: rows and words',
    'Each URL that was ever seen has one row. `gossamer export jsonl` writes a JSON object for each, with these fields;',
    '`csv` and `parquet` have the same as columns, and `archive`, `text` and `unkept` spread over several.',
    '',
    table(['field', 'type', 'what it holds'], rows(FIELDS)),
    '## States',
    table(['state', 'meaning'], rows(STATES)),
    '## Reasons',
    'A `skipped` row was never asked for. `gossamer retry --reason NAME` puts such rows back into the queue.',
    '',
    table(
      ['reason', 'meaning'],
      SKIP_REASONS.map((reason) => [reason, REASONS[reason]]),
    ),
    '## Errors',
    'A `failed` row has no whole response. `gossamer retry --error NAME` puts such rows back into the queue.',
    '',
    table(
      ['error', 'meaning', 'what follows'],
      ERROR_CODES.map((error) => [error, ERRORS[error], consequenceOf(error)]),
    ),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.entries(EXITS).map(([name, doc]) => [String(EXIT[name as keyof typeof EXIT]), doc]),
    ),
  ].join('\n');
}

function rows(words: Readonly<Record<string, string | readonly string[]>>): string[][] {
  return Object.entries(words).map(([word, doc]) => [word, ...[doc].flat()]);
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const cells = lines.map(([word, ...rest]) => `| \`${word}\` | ${rest.join(' | ')} |`);
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...cells, ''].join('\n');
}
