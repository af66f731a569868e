// One stage, one crawl, as a process of its own against a server of its own: how long, how much memory, how far it
// came.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Seen } from '../../bench/slow-server.ts';

const SAMPLE_MS = 50;
const CAUSE_CHARACTERS_MAX = 60;
const STDERR_CHARACTERS_MAX = 100_000;

export interface Limits {
  /** Resident memory at which a crawl is killed. */
  readonly rssMbMax: number;
  /** Time after which a crawl is killed. */
  readonly wallMsMax: number;
}

export interface Run {
  readonly stage: string;
  readonly connections: number;
  readonly pages: number;
  readonly connectionsMax: number;
  readonly wallMs: number;
  readonly idealMs: number;
  /** NaN without /proc. */
  readonly rssMaxMb: number;
  readonly threadsMax: number;
  /** Why it did not come to its end; null if it did. */
  readonly stoppedBy: string | null;
}

/** The most that a process had of each. */
interface Peaks {
  rssMb: number;
  threads: number;
}

/** Pages such that after the root, which is alone, every connection has `rounds` of them. */
export function pagesOf(connections: number, rounds: number): number {
  return 1 + connections * rounds;
}

export async function measure(
  stage: string,
  command: readonly string[],
  { connections, rounds, delayMs, limits }: { connections: number; rounds: number; delayMs: number; limits: Limits },
): Promise<Run> {
  const server = await startServer(pagesOf(connections, rounds), delayMs);
  const start = performance.now();
  const [program, ...words] = command;
  const child = spawn(program!, [...words, '-c', `${connections}`, server.root], { stdio: ['ignore', 'pipe', 'pipe'] });
  const watch = watchOver(child, limits);
  const said = await collect(child);
  const wallMs = performance.now() - start;
  const stoppedBy = watch.stop() ?? (child.exitCode === 0 ? null : causeOf(child, said.stderr));
  const { connectionsMax } = await server.stop();
  const { pages = 0 } =
    stoppedBy === null ? (JSON.parse(said.stdout.trim().split('\n').at(-1)!) as { pages: number }) : {};
  const { rssMb: rssMaxMb, threads: threadsMax } = watch.peaks;
  const idealMs = (1 + rounds) * delayMs;
  return { stage, connections, pages, connectionsMax, wallMs, idealMs, rssMaxMb, threadsMax, stoppedBy };
}

async function startServer(pages: number, delayMs: number): Promise<{ root: string; stop: () => Promise<Seen> }> {
  const file = join(import.meta.dirname, '../../bench/slow-server.ts');
  const child = spawn(process.execPath, [file, '--pages', `${pages}`, '--delay-ms', `${delayMs}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const nextLine = async (): Promise<unknown> => JSON.parse((await once(lines, 'line'))[0] as string);
  const { root } = (await nextLine()) as { root: string };
  const stop = async (): Promise<Seen> => {
    const line = nextLine();
    child.stdin.end();
    return (await line) as Seen;
  };
  return { root, stop };
}

/** Watches a process until it ends, and kills it if it takes too much. */
function watchOver(child: ChildProcess, { rssMbMax, wallMsMax }: Limits): { peaks: Peaks; stop: () => string | null } {
  const peaks: Peaks = { rssMb: Number.NaN, threads: Number.NaN };
  let killedFor: string | null = null;
  const kill = (why: string): void => {
    killedFor ??= why;
    child.kill('SIGKILL');
  };
  const sampler = setInterval(() => {
    const now = peaksOf(child.pid!);
    if (now === null) return;
    Object.assign(peaks, { rssMb: now.rssMb, threads: Math.max(peaks.threads || 0, now.threads) });
    if (now.rssMb > rssMbMax) kill(`killed at ${(rssMbMax / 1024).toFixed(1)} GB`);
  }, SAMPLE_MS);
  const deadline = setTimeout(() => kill(`killed after ${wallMsMax / 1000} s`), wallMsMax);
  const stop = (): string | null => {
    clearInterval(sampler);
    clearTimeout(deadline);
    return killedFor;
  };
  return { peaks, stop };
}

function peaksOf(pid: number): Peaks | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const value = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  // A process that has ended and is not yet waited for has a status without memory.
  return Number.isNaN(value('VmHWM')) ? null : { rssMb: value('VmHWM') / 1024, threads: value('Threads') };
}

/** What a process that failed said last, or what it was ended by. */
function causeOf({ exitCode, signalCode }: ChildProcess, stderr: string): string {
  const told = stderr.split('\n').find((line) => /error|could not|cannot|fail/i.test(line));
  return (told ?? (signalCode === null ? `exit code ${exitCode}` : signalCode))
    .replace(/^#\s*/, '')
    .trim()
    .slice(0, CAUSE_CHARACTERS_MAX);
}

async function collect(child: ChildProcess): Promise<{ stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      said[name] = (said[name] + text).slice(-STDERR_CHARACTERS_MAX);
    });
  }
  await once(child, 'close');
  return said;
}
