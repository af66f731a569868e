// What all test files share is made once a run, before the first of them starts, and removed after the last.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT } from './helpers/built.ts';
import { sharePostgresData } from './helpers/postgres.ts';

const REPOSITORY = join(import.meta.dirname, '..');
let folder = '';

export function globalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), 'gossamer-tests-'));
  // Some commands run as another user.
  chmodSync(folder, 0o755);
  // Some hundred test files and some thousand commands would each compile the same modules again.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  // The program as it is published: it starts in a quarter of the time that its source needs.
  execFileSync(process.execPath, [join(REPOSITORY, 'build/bundle.ts'), '--out', join(folder, 'dist')]);
  cpSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  process.env[BUILT] = join(folder, 'dist');
  sharePostgresData(folder);
}

export function globalTeardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
