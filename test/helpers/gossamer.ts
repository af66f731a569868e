// Runs the command line as a child process and waits for it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

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
export function startGossamer(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = '', cwd = '.'): Started {
  const child = spawn(process.execPath, [ENTRY, ...args], { env: { ...process.env, ...env }, cwd });
  // It need not read to the end.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const finished = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  }));
  return { child, finished };
}

export function gossamer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
  cwd = '.',
): Promise<Finished> {
  return startGossamer(args, env, input, cwd).finished;
}
