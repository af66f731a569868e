// The short part of the harness: all kinds of faults, and of each kind those that the seed chooses. `npm run crash --
// --long` is the whole.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runSeed } from '../helpers/random.ts';

const HARNESS = fileURLToPath(new URL('./main.ts', import.meta.url));

test('crawl: nothing is lost, torn or double after kills, power cuts and other faults', {
  timeout: 600_000,
}, async () => {
  const seed = runSeed('crash');
  const child = spawn(process.execPath, [HARNESS, '--seed', String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, output.replace(/^ok .*\n/gm, ''));
  console.log(output.replace(/^ok .*\n/gm, ''));
});
