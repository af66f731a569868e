// Which of the options that change what is written a trial has: its seed chooses.

import type { Random } from '../helpers/random.ts';

export interface Written {
  readonly compression: 'gzip' | 'zstd' | 'none';
  readonly metadata: boolean;
  readonly requisites: boolean;
  readonly archive: boolean;
  readonly memory: boolean;
  /** Requests in flight at most. */
  readonly inFlight: number;
  /** Milliseconds between the starts of two requests; 0: as fast as the site is. */
  readonly delayMs: number;
  /** Pages of html of the site. */
  readonly pages: number;
}

export function chooseWritten(random: Random, wanted: Partial<Written>): Written {
  const oneOf = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  return {
    compression: oneOf('gzip', 'zstd', 'none'),
    metadata: oneOf(true, false),
    requisites: oneOf(true, false),
    archive: random() < 0.95,
    memory: false,
    inFlight: oneOf(3, 8, 16),
    delayMs: 0,
    pages: 60 + Math.floor(random() * 60),
    ...wanted,
  };
}

/** `roots` as they are typed. */
export function crawlArguments(roots: readonly string[], job: string, written: Written): string[] {
  const { compression, metadata, requisites, archive, memory, inFlight, delayMs } = written;
  return [
    ...['crawl', ...roots, '-o', job, '-c', String(inFlight), '--host-concurrency', String(inFlight), '--no-adapt'],
    ...['--warc-compression', compression],
    ...(metadata ? ['--archive-metadata'] : []),
    ...(requisites ? ['--page-requisites'] : []),
    ...(archive ? [] : ['--no-archive']),
    ...(memory ? ['--store', 'memory:'] : []),
    ...(delayMs > 0 ? ['--delay', String(delayMs)] : []),
  ];
}

/** In words, for whoever repeats a trial. */
export function writtenText(written: object): string {
  return Object.entries(written)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
