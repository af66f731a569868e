// What npm would publish: packed, installed into an empty folder, and run from there. It is built into a folder of its
// own, so that neither a stale dist/ nor one that is being built can be what is tested.

import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/base/contracts.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'gossamer-pack-'));
after(() => rmSync(home, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  version: string;
  files: string[];
};

test('package: packed, installed into an empty folder, it runs', { timeout: 180_000 }, () => {
  const { tarball, files } = pack();
  assert.ok(files.includes('bin/gossamer.js') && files.includes('dist/index.d.ts') && files.includes('LICENSE'));
  assert.deepEqual(
    files.filter((file) => /\.test\.|^(src|test|bench)\//.test(file)),
    [],
  );

  const folder = join(home, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name": "a-user", "private": true}');
  done(run(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball));

  assert.equal(done(run(folder, 'npx', '--no-install', 'gossamer', '--version')).stdout.trim(), manifest.version);
  const demo = done(run(folder, 'npx', '--no-install', 'gossamer', 'demo', '--json', '-o', 'job'));
  const summary = JSON.parse(demo.stdout) as Summary;
  assert.equal(summary.state, 'finished');
  assert.ok(summary.urls.done > 5, demo.stdout);
  assert.ok(existsSync(join(folder, 'job/gossamer.db')));

  const script = `import { crawl } from 'gossamer'; console.log(typeof crawl);`;
  assert.equal(done(run(folder, process.execPath, '--input-type=module', '-e', script)).stdout, 'function\n');
});

function pack(): { tarball: string; files: string[] } {
  const folder = join(home, 'package');
  mkdirSync(folder);
  const copied = ['package.json', 'LICENSE', 'README.md', ...manifest.files.filter((name) => name !== 'dist')];
  for (const name of copied.filter((each) => existsSync(join(REPOSITORY, each)))) {
    cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true });
  }
  const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  done(run(REPOSITORY, process.execPath, compiler, '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')));
  const { stdout } = done(run(folder, 'npm', 'pack', '--ignore-scripts', '--json'));
  const packed = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, packed[0].filename), files: packed[0].files.map(({ path }) => path) };
}

function run(folder: string, command: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const inherited = Object.entries(process.env).filter(
    // What npm tells its scripts would make an inner npm believe that it works in this repository.
    ([name]) =>
      !/^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|INIT_CWD|NODE_)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  };
  return spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 120_000 });
}

function done(result: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
  return result;
}
