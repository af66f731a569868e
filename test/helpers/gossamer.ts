// Runs the command line as a child process and waits for it.

import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  type SpawnOptionsWithoutStdio,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SEVERAL = fileURLToPath(new URL('./run-several.ts', import.meta.url));
const ENTRY = fileURLToPath(new URL('./run-cli.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `gossamer` with these arguments; a terminal is never attached. */
export function startGossamer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
  cwd = '.',
  more: Pick<SpawnOptionsWithoutStdio, 'uid' | 'gid'> = {},
  entry = ENTRY,
): Started {
  const child = spawn(process.execPath, [entry, ...args], { env: { ...process.env, ...env }, cwd, ...more });
  return { child, finished: finishedOf(child, input) };
}

/** Runs gossamer in a process that may have only `limit` files open. */
export function gossamerWithFew(limit: number, args: readonly string[]): Promise<Finished> {
  const script = `ulimit -n ${limit}; exec "$0" "$@"`;
  return finishedOf(spawn('/bin/sh', ['-c', script, process.execPath, ENTRY, ...args]), '');
}

function finishedOf(child: ChildProcessWithoutNullStreams, input: string): Promise<Finished> {
  // The process need not read its input to the end.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  }));
}

/** Runs several command lines one after another in one process; after each, stderr has `= COMMAND CODE`. */
export function severally(commands: readonly (readonly string[])[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return finishedOf(
    spawn(process.execPath, [SEVERAL, JSON.stringify(commands)], { env: { ...process.env, ...env } }),
    '',
  );
}

export function gossamer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
  cwd = '.',
): Promise<Finished> {
  return startGossamer(args, env, input, cwd).finished;
}
