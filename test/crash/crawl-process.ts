// One `gossamer` process of a trial: from source, with small limits, under the rules of the preloaded library where
// there are some.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { smallLimits } from '../helpers/small-limits.ts';
import { ownAddress } from './machines/own-address.ts';
import { type Rule, rulesText } from './preload.ts';

const ENTRY = fileURLToPath(new URL('../helpers/run-cli.ts', import.meta.url));
/**
 * Files of the archive that are full, a log of the database that is written back, bodies that go through a file, an
 * archive that moves to its thread, and an end of patience with a disk.
 */
const LIMITS = {
  WARC_BYTES_MAX: '150_000',
  WAL_PAGES_MAX: '24',
  BODY_IN_MEMORY_BYTES_MAX: '32_768',
  ARCHIVE_ON_LOOP_MAX: '6',
  ROOM_PATIENCE_MS: '400',
  ROOM_PAUSE_MS: '40',
};

/** No run of a trial takes as long, on the slowest machine. */
const HUNG_MS = 300_000;

/** What all processes of a harness share. */
export interface Tools {
  /** The preloaded library; null without a C compiler. */
  readonly library: string | null;
  /** Of node's compiled code, so that a start is quick. */
  readonly cache: string;
}

export interface Injection {
  readonly rules?: readonly Rule[];
  /** Descriptors that the process may have. */
  readonly descriptors?: number;
  readonly heapMb?: number;
  /** The file of the wall clock's shift. */
  readonly clock?: string;
  /** The file that gets the times of requests as the process wrote them. */
  readonly wire?: string;
  /** It has an address of its own, with this number. */
  readonly worker?: number;
  /** The reading ends of stdout and stderr are closed at once. */
  readonly deaf?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It went on for ever, and was killed for that. */
  readonly isHung: boolean;
  /** When rules acted, on the monotonic clock. */
  readonly marks: readonly number[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  isOver: boolean;
}

/** `scratch` is a folder for files beside the job, `job` the job's own. */
export function startProcess(
  tools: Tools,
  args: readonly string[],
  { scratch, job }: { readonly scratch: string; readonly job: string },
  seed: number,
  injection: Injection = {},
): Running {
  const { rules = [], descriptors, heapMb, clock, wire, worker, deaf } = injection;
  const mark = join(scratch, `mark-${process.hrtime.bigint()}`);
  const env: NodeJS.ProcessEnv = { ...process.env, ...smallLimits(LIMITS), NODE_COMPILE_CACHE: tools.cache };
  if (worker !== undefined) {
    const { env: own, module } = ownAddress(worker);
    Object.assign(env, own, { NODE_OPTIONS: `${env['NODE_OPTIONS']} --import ${module}` });
  }
  if (rules.length > 0 || clock !== undefined || wire !== undefined) {
    Object.assign(env, { LD_PRELOAD: tools.library!, CRASH_MARK: mark, CRASH_FOLDER: job, CRASH_SEED: String(seed) });
    env['CRASH_RULES'] = rulesText(rules);
    if (clock !== undefined) env['CRASH_CLOCK'] = clock;
    if (wire !== undefined) env['CRASH_WIRE'] = wire;
  }
  const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const command = [process.execPath, ...heap, ENTRY, ...args];
  const limited =
    descriptors === undefined ? command : ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', ...command];
  const child = spawn(limited[0]!, limited.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = [child.stdout!, child.stderr!].map((stream) => {
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    if (deaf === true) stream.destroy();
    return () => Buffer.concat(pieces).toString();
  });
  let isHung = false;
  const watch = setTimeout(() => {
    isHung = child.kill('SIGKILL');
  }, HUNG_MS);
  const ended = once(child, 'close').then(([code, signal]) => {
    running.isOver = true;
    clearTimeout(watch);
    const marks = existsSync(mark) ? readFileSync(mark, 'utf8').split('\n').filter(Boolean) : [];
    return {
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: texts[0]!(),
      stderr: texts[1]!(),
      isHung,
      marks: marks.map((line) => Number.parseInt(line, 10)),
    };
  });
  const running: Running = { child, ended, isOver: false };
  return running;
}

/** Sets the wall clock of all processes that were started with this file. */
export function setClock(file: string, shiftMs: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(shiftMs));
  const opened = openSync(file, existsSync(file) ? 'r+' : 'w');
  writeSync(opened, bytes, 0, 8, 0);
  closeSync(opened);
}

export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
