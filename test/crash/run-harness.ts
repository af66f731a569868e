// Runs the short part of the harness as a test does.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runSeed } from '../helpers/random.ts';

const HARNESS = fileURLToPath(new URL('./main.ts', import.meta.url));

/** `words` name the part of the harness. */
export async function runHarness(...words: readonly string[]): Promise<void> {
  const seed = runSeed(['crash', ...words].join(' '));
  const args = [HARNESS, ...words, '--seed', String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const told = output.replace(/^ok .*\n/gm, '');
  assert.equal(code, 0, told);
  console.log(told);
}
