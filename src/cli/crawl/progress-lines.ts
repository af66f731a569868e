// The lines of the live display, as a pure function of what is known. progress.ts draws them.

import type { HostFigures, Waiting } from '../../base/contracts.ts';
import { showCount, showCountOf, showRate, showSize, showSpan, showTime } from '../../base/figures.ts';
import type { Progress, Shortage, SlowHost } from '../../job/assemble.ts';
import { fit, plain } from '../plain.ts';

const HOSTS_SHOWN = 3;
/** Rates cover the last seconds, so that they follow the crawl closely. */
const WINDOW_MS = 5_000;

/** The state at one moment; `at` is steady time. */
export interface Sample {
  readonly at: number;
  readonly pages: number;
  readonly bytes: number;
}

export interface Rates {
  readonly pagesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** What each colour means here. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly warning: (text: string) => string;
}

const unpainted = (text: string): string => text;
export const NO_PAINT: Paint = { strong: unpainted, faint: unpainted, warning: unpainted };
export const COLOURS: Paint = {
  strong: (text) => `\x1b[1m${text}\x1b[22m`,
  faint: (text) => `\x1b[2m${text}\x1b[22m`,
  warning: (text) => `\x1b[33m${text}\x1b[39m`,
};

export function sampleOf(progress: Progress, at: number): Sample {
  return { at, pages: progress.urls.done + progress.urls.failed, bytes: progress.bytes };
}

/** The samples that still count, with the new one at the end: all of the window and one before it. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const first = samples.findLastIndex(({ at }) => at <= sample.at - WINDOW_MS);
  return [...samples.slice(Math.max(0, first)), sample];
}

export function ratesOf(samples: readonly Sample[]): Rates {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return { pagesPerSecond: 0, bytesPerSecond: 0 };
  const seconds = (last.at - first.at) / 1000;
  return { pagesPerSecond: (last.pages - first.pages) / seconds, bytesPerSecond: (last.bytes - first.bytes) / seconds };
}

/** What a long Crawl-delay means for a crawl. */
export function slowText({ host, delayMs }: SlowHost, { urls }: Pick<Progress, 'urls'>): string {
  const waiting = urls.queued + urls.leased;
  const time = showSpan(waiting * delayMs);
  return `${host} asks for ${showSpan(delayMs)} between requests: what waits now (${showCountOf(waiting, 'URL')}) takes up to ${time}.`;
}

/** The message that the system allows fewer requests than the user wants, and what to do about it. */
export function shortageText({ most, asked, limit, why }: Shortage): string {
  const what = `At most ${showCountOf(most, 'request')} at a time, not ${showCount(asked)}`;
  const isOurs = why === '' || why === 'EMFILE';
  const lack = LACKS[why] ?? `this machine has no resources left for more${why === '' ? '' : ` (${why})`}`;
  const enough = Math.max(FILES_USUAL, 2 ** Math.ceil(Math.log2(asked + FILES_BESIDES)));
  if (!isOurs || limit === null) return `${what}: ${lack}.`;
  return `${what}: this process may have ${showCount(limit)} files open (ulimit -n). Raise the limit and start again, for example: ulimit -n ${enough}`;
}

/** The message that the archive cannot be moved for now. */
export function troubleText(why: string): string {
  return `The archive cannot be moved for now: ${why}. Its files wait in the job's folder, and the crawl goes on.`;
}

const FILES_USUAL = 4096;
/** What a crawl has open besides its connections. */
const FILES_BESIDES = 100;
const LACKS: Readonly<Record<string, string>> = {
  EMFILE: 'this process has reached its limit of open files (ulimit -n)',
  ENFILE: 'all programs of this machine together have reached the limit of open files',
  EADDRNOTAVAIL: 'no local port is free',
};

/** The lines of the live display, at most `columns` wide. `now` is wall milliseconds. */
export function progressLines(progress: Progress, rates: Rates, columns: number, now: number, paint: Paint): string[] {
  const { urls } = progress;
  const lines = [
    fit(
      `${counted(urls.done)} done  ${counted(progress.inFlight, 5)} in flight  ${counted(urls.queued)} queued  ${counted(urls.failed, 5)} failed`,
      columns,
    ),
    paint.faint(
      fit(
        `${pad(showRate(rates.pagesPerSecond))} pages/s  ${pad(showSize(rates.bytesPerSecond), 9)}/s  ${elapsed(progress)}`,
        columns,
      ),
    ),
  ];
  const busy = progress.hosts.filter(({ inFlight }) => inFlight > 0).slice(0, HOSTS_SHOWN);
  for (const host of busy) lines.push(fit(`${pad(`${host.inFlight}/${host.limit}`)}  ${hostText(host)}`, columns));
  const wait = waitText(progress, now);
  if (wait !== null) lines.push(paint.warning(fit(`         ${wait}`, columns)));
  lines[0] = paint.strong(lines[0]!);
  return lines;
}

/** The display in one line, for a log. */
export function progressLine(progress: Progress, rates: Rates, now: number): string {
  const { urls } = progress;
  const counts = `${showCount(urls.done)} done, ${showCount(progress.inFlight)} in flight, ${showCount(urls.queued)} queued, ${showCount(urls.failed)} failed`;
  const pace = `${showRate(rates.pagesPerSecond)} pages/s, ${showSize(rates.bytesPerSecond)}/s`;
  const wait = waitText(progress, now);
  return `${counts}; ${pace}${wait === null ? '' : `; ${wait}`}`;
}

/** What the crawl waits for, until when and why. */
export function waitText(progress: Pick<Progress, 'waitingFor'>, now: number): string | null {
  if (progress.waitingFor === null) return null;
  const { host, until, why } = progress.waitingFor;
  const reason = why === '' ? '' : `: ${plain(why)}`;
  if (until === null && host === 'this machine') return `waits for this machine${reason}`;
  if (until === null) return `${plain(host)} is left for a later run${reason}`;
  return `waits for ${plain(host)} until ${showTime(until, now)} (${showSpan(until - now)})${reason}`;
}

/** The same as a line of a summary. */
export function waitLine(waitingFor: Waiting, now: number): string {
  return `  waits    ${waitText({ waitingFor }, now)!.replace(/^waits /, '')}`;
}

/** The latency of a host, if it has answered. */
export function latencyText({ latencyMs }: Pick<HostFigures, 'latencyMs'>): string {
  return latencyMs === null ? 'no answer yet' : `${latencyMs} ms`;
}

function hostText(host: HostFigures): string {
  return `${pad(latencyText(host))}  ${plain(host.host)}`;
}

function elapsed(progress: Progress): string {
  return `${showSpan(progress.elapsedMs)}, ${showSize(progress.bytes)}`;
}

function counted(count: number, width?: number): string {
  return pad(showCount(count), width);
}

function pad(text: string, width = 7): string {
  return text.padStart(width);
}
