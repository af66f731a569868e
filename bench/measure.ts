// What a command costs as a whole process, children included, and how its memory grows while it runs.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where benches keep what they make; git ignores it. */
export const WORK = join(import.meta.dirname, 'work');
mkdirSync(WORK, { recursive: true });

const TIME = '/usr/bin/time';
const SAMPLE_MS = 50;

export interface Measured {
  readonly code: number | null;
  readonly wallMs: number;
  /** Processor time in user mode, of the process and of the children that it waited for. */
  readonly userMs: number;
  readonly sysMs: number;
  readonly rssMaxMb: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end under GNU time, whose processor times have a resolution of 10 ms. */
export async function measure(command: readonly string[], cwd: string = WORK): Promise<Measured> {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: apt-get install time`);
  const home = mkdtempSync(join(tmpdir(), 'gossamer-bench-'));
  const file = join(home, 'time');
  const start = performance.now();
  const child = spawn(TIME, ['-q', '-o', file, '-f', '%U %S %M', ...command], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  const wallMs = performance.now() - start;
  const { stdout, stderr } = await output;
  const [userS, sysS, rssMaxKb] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  rmSync(home, { recursive: true });
  return { code, wallMs, userMs: userS! * 1000, sysMs: sysS! * 1000, rssMaxMb: rssMaxKb! / 1024, stdout, stderr };
}

/** Everything that a child says, once both its streams have ended. */
export async function collect(child: ChildProcess): Promise<{ stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  await once(child, 'close');
  return said;
}

export interface MemorySamples {
  /** Resident memory every 50 ms. */
  readonly rssMb: number[];
  /** The most that it ever was, as the kernel keeps it. */
  rssMaxMb: number;
  stop(): void;
}

/** Watches the resident memory of a process until it ends or `stop` is called. */
export function sampleMemory(pid: number): MemorySamples {
  const timer = setInterval(() => {
    const status = statusOf(pid);
    if (status === null) return clearInterval(timer);
    samples.rssMb.push(status.rssKb / 1024);
    samples.rssMaxMb = status.rssMaxKb / 1024;
  }, SAMPLE_MS);
  const samples: MemorySamples = { rssMb: [], rssMaxMb: 0, stop: () => clearInterval(timer) };
  return samples;
}

function statusOf(pid: number): { rssKb: number; rssMaxKb: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const value = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  // A process that has ended and is not yet waited for has a status without memory.
  return Number.isNaN(value('VmRSS')) ? null : { rssKb: value('VmRSS'), rssMaxKb: value('VmHWM') };
}
