// `crawl --verbose`: prints each decision as it is made, one per line. These are the events of the job's log, in words.

import { showCountOf, showSize, showSpan, showTime } from '../../base/figures.ts';
import type { Hooks } from '../../job/assemble.ts';
import { type Manner, type Shell, tell } from '../shell.ts';

/** The fields of the log's events, as far as they are shown here. */
interface Fields {
  readonly url?: string;
  readonly host?: string;
  readonly reason?: string;
  readonly error?: string | null;
  readonly status?: number;
  readonly bytes?: number | null;
  readonly links?: number;
  readonly entries?: number;
  readonly redirectTo?: string;
  readonly tries?: number;
  readonly verdict?: string;
  readonly why?: string;
  readonly file?: string;
  readonly elapsedMs?: number;
  /** ISO 8601, or wall milliseconds. */
  readonly notBefore?: string | null;
  readonly until?: string | number | null;
}

/** The hook that reports decisions, if they are wanted. */
export function decisionsTold(shell: Shell, { verbose, quiet }: Manner): Pick<Hooks, 'onDecision'> {
  if (verbose !== true || quiet === true) return {};
  return {
    onDecision(event, fields) {
      const line = decisionLine(event, fields, shell.clock.wall());
      if (line !== null) tell(shell.err, line);
    },
  };
}

/**
 * Null for an event that is not a decision: the begin and the end of a run are reported elsewhere. `now` is wall
 * milliseconds.
 */
export function decisionLine(event: string, fields: Fields, now: number): string | null {
  const { url = '', host = '', status, error, reason, why = '', until, notBefore, verdict, tries = 0 } = fields;
  const code = error ?? (status === undefined || status === 0 ? '' : String(status));
  const because = why === '' ? '' : `: ${why}`;
  switch (event) {
    case 'done':
      return line('done', code, url, responseText(fields));
    case 'failed':
      return line('failed', code, url, `after ${showCountOf(tries, 'try', 'tries')}`);
    case 'again':
      return line('again', code, url, notBefore == null ? 'with its host' : `at ${timeText(notBefore, now)}`);
    case 'skipped':
    case 'not-admitted':
      return line('skipped', reason ?? '', url, '');
    case 'robots':
      return line('robots', code, host, fields.bytes == null ? 'no requests are allowed yet' : showSize(fields.bytes));
    case 'held':
    case 'waiting':
      return line(
        event,
        '',
        host,
        until == null ? `for a later run${because}` : `until ${timeText(until, now)}${because}`,
      );
    case 'sitemap':
      return line('sitemap', verdict ?? '', url, showCountOf(fields.entries ?? 0, 'entry', 'entries'));
    case 'archive-cut':
    case 'archive-lost':
      return line(event, '', fields.file ?? '', '');
    default:
      return null;
  }
}

function responseText({ bytes, links, redirectTo, elapsedMs = 0 }: Fields): string {
  if (redirectTo !== undefined) return `to ${redirectTo}`;
  return `${showSize(bytes ?? 0)}, ${showCountOf(links ?? 0, 'link')}, ${showSpan(elapsedMs)}`;
}

function line(what: string, code: string, name: string, more: string): string {
  return [[what, code].filter(Boolean).join(' ').padEnd(WIDTH), name, more].filter(Boolean).join('  ');
}

const WIDTH = 'skipped excluded'.length;

function timeText(time: string | number, now: number): string {
  return showTime(new Date(time).getTime(), now);
}
