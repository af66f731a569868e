// Explains the words of a job as the page docs/guide/reference.md: the fields of a row and of the summary, the states,
// reasons, errors and exit codes. The types keep each table complete, and test/readme.test.ts keeps the page up to
// date.

import { ERROR_CODES, type ErrorCode, SKIP_REASONS, type SkipReason } from '../base/errors.ts';
import type { UrlState } from '../base/ledger.ts';
import { meaningOfError } from '../base/meaning.ts';
import type { Summary } from '../base/run-figures.ts';
import { ERRORS } from '../views/report/words.ts';
import type { UrlRecord } from '../views/tables/record.ts';
import { EXIT } from './exit.ts';

const STATES: Readonly<Record<UrlState, string>> = {
  queued: 'it waits for its turn or for a retry',
  leased: 'it is being requested now; after a kill it is `queued` again',
  done: 'a response came, whatever its status: a 404 is done too',
  failed: 'no whole response came; `error` says why',
  skipped: 'it is not requested; `reason` says why',
};

const REASONS: Readonly<Record<SkipReason, string>> = {
  scope: 'it is outside `--scope`',
  robots: 'robots.txt of its host forbids it; `gossamer why` names the line',
  depth: 'it is further from a root than `--depth`',
  trap: 'it belongs to a trap, an endless series of pages that say nothing new; `gossamer why` names the trap',
  address:
    'its host has a private or loopback address that no root has or had when the job began; `--allow-private` allows it',
  port: 'its port is unusual for the web; `--allow-port` allows it',
  scheme: 'it is neither http nor https',
  nofollow: 'every link to it is nofollow; `--follow-nofollow` follows them',
  'url-length': 'it is longer than servers accept',
  budget: 'its host has reached `--host-limit`',
  excluded: 'an `--exclude` matches it, or no `--include` does',
  logout: 'it looks like a logout, which would end the session of your crawl',
  removed: 'it was taken down by `gossamer remove`',
};

/** The consequence of an error, if no response came. */
function consequenceOf(error: ErrorCode): string {
  const { url, host } = meaningOfError(error);
  if (host === 'unreachable') return 'the whole host waits; a host that never answered is given up after three tries';
  if (url === 'unspent') return 'it is retried, and no try is spent';
  return url === 'again' ? 'the URL is retried, up to `--retries` times' : 'it fails at once';
}

const FIELDS: Readonly<Record<keyof UrlRecord, readonly [type: string, doc: string]>> = {
  url: ['text', 'as found, without fragment; this URL is requested'],
  key: ['text', 'the normalised URL; URLs with the same key share one row'],
  state: ['text', 'one of the states below'],
  reason: ['text or null', 'why it was skipped: one of the reasons below'],
  error: ['text or null', 'why it failed: one of the errors below'],
  status: ['number or null', 'the status of the response, if one began'],
  truncated: [
    'text or null',
    '`length` and `time`: we cut the body; `disconnect`: the server did; null: the body is whole',
  ],
  depth: ['number', 'links from a root; a redirect adds nothing'],
  referrer: ['text or null', 'the first page that led to it'],
  redirectTo: ['text or null', 'where its redirect leads, without fragment: the `url` of another row'],
  redirectFragment: ['text or null', 'the fragment of that target, with its `#`'],
  tries: ['number', 'tries spent on it'],
  contentType: [
    'text or null',
    'media type without parameters, in lower case; without one, that which the body was read as',
  ],
  charset: ['text or null', 'its encoding, by its name in the Encoding standard'],
  bytes: ['number or null', 'length of the body as sent, before decoding its content coding'],
  sha256: ['text or null', 'the digest of those bytes, in hexadecimal'],
  title: ['text or null', 'of the page'],
  links: ['number', 'distinct URLs that the page links to; with `--links` the URLs themselves'],
  fetchedAt: ['text or null', 'when it was last requested: ISO 8601 in UTC'],
  elapsedMs: ['number or null', 'how long that took, in milliseconds'],
  remoteAddress: ['text or null', 'the IP address that answered'],
  protocol: ['text or null', 'what it was answered with: `http/1.1` or `h2` (HTTP/2)'],
  archive: ['object or null', '`file`, `offset` and `length` of its record, in bytes'],
  text: ['object or null', 'what the page says about itself: `description`, `language`, `canonical`, `robots`'],
  unkept: [
    'object or null',
    'links that are counted but not kept: `dropped` (beyond the limits of a page), `tooLong`, and `otherScheme` (neither http nor https)',
  ],
  detail: ['text or null', 'a remark in words, if there is something to say'],
};

const SUMMARY: Readonly<Record<keyof Summary, readonly [type: string, doc: string]>> = {
  job: ['text', "the job's folder; empty if nothing is kept"],
  state: ['text', '`finished`, or `unfinished` if a URL is queued or a sitemap is unread'],
  stoppedBy: [
    'text or null',
    'why the last run ended before that: `interrupt`, `limit`, `time`, `size`, `held`, `disk`, `database`',
  ],
  urls: ['object', 'how many URLs are `queued`, `leased`, `done`, `failed` and `skipped`'],
  requests: ['number', 'requests of all runs, for robots.txt and sitemaps too'],
  bytes: ['number', 'bytes received in all runs'],
  elapsedMs: ['number', 'how long the runs took, in milliseconds'],
  peakInFlight: ['number', 'the most requests on the wire at once'],
  loopLate: [
    'object or null',
    'how many milliseconds late the event loop was in the worst run: `mostMs`, and `p999Ms` for 99.9 % of the time; null for runs of older versions',
  ],
  waitingFor: ['object or null', 'what the crawl waits for: `host`, `until` and `why`'],
  hosts: ['list', 'the 100 busiest hosts: `host`, `inFlight`, `limit`, `latencyMs`, `heldUntil` and `why`'],
  workers: [
    'list, may be missing',
    'the processes at work on a job in a database: `name`, `machine`, `hosts` that each has, `pagesPerSecond`, `seenAt` (its last sign of life)',
  ],
};

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  finished: 'finished',
  fatal: 'a fatal error, or no root gave any response',
  usage: 'wrong usage, or the folder of the job cannot be used as it is',
  machine: 'the machine failed, for example its disk is full; run the same command to continue',
  gate: 'finished, and a condition of `--fail-on` was met',
  interrupted: 'interrupted by Ctrl-C; run the same command to continue',
  held: 'hosts kept us waiting longer than `--host-patience`; run the same command to try them again',
  interruptedNow: 'interrupted by a second Ctrl-C; run the same command to continue',
  size: 'stopped at `--size-limit`',
  time: 'stopped at `--time-limit`; run the same command to continue',
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
    '## The summary',
    '`gossamer crawl --json` prints it at its end, and `gossamer status --json` at any time.',
    '',
    table(['field', 'type', 'what it holds'], rows(SUMMARY)),
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
