// What npm would publish: packed, installed into an empty folder, and run from there. It is built into a folder of its
// own, so that neither a stale dist/ nor one that is being built can be what is tested.

import assert from 'node:assert/strict';
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/base/contracts.ts';
import { startGossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const LOADED = fileURLToPath(new URL('../helpers/loaded.cjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'gossamer-pack-'));
after(() => rmSync(home, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  version: string;
  files: string[];
  bin: object;
};
const folder = join(home, 'empty');
const installed = join(folder, 'node_modules/gossamer');
const bin = join(installed, 'bin/gossamer.js');

before(() => {
  const { tarball, files } = pack();
  assert.ok(files.includes('bin/gossamer.js') && files.includes('dist/index.d.ts') && files.includes('LICENSE'));
  assert.deepEqual(
    files.filter((file) => /\.test\.|^(src|test|bench|build)\//.test(file)),
    [],
  );
  mkdirSync(folder);
  const gossamer = `file:${tarball}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a-user', dependencies: { gossamer } }));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockOf(gossamer)));
  done(run(folder, 'npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund'));
});

test('package: packed, installed into an empty folder, it runs', { timeout: 180_000 }, () => {
  assert.equal(done(run(folder, 'npx', '--no-install', 'gossamer', '--version')).stdout.trim(), manifest.version);
  const demo = done(run(folder, 'npx', '--no-install', 'gossamer', 'demo', '--json', '-o', 'job'));
  const summary = JSON.parse(demo.stdout) as Summary;
  assert.equal(summary.state, 'finished');
  assert.ok(summary.urls.done > 5, demo.stdout);
  assert.ok(existsSync(join(folder, 'job/gossamer.db')));

  const script = `import { crawl } from 'gossamer'; console.log(typeof crawl);`;
  assert.equal(done(run(folder, process.execPath, '--input-type=module', '-e', script)).stdout, 'function\n');
});

test('package: what is loaded on demand is there: threads, packages, the tables of encodings', () => {
  const gossamer = (...args: readonly string[]): string => done(run(folder, process.execPath, bin, ...args)).stdout;
  gossamer('export', 'markdown', 'job', '-o', 'markdown');
  assert.ok(globSync('markdown/**/*.md', { cwd: folder }).length > 5);
  for (const format of ['wacz', 'parquet']) gossamer('export', format, 'job', '-o', `job.${format}`);
  const [url] = JSON.parse(gossamer('key', 'https://a.example.co.uk/', '--include', 'a+', '--json')) as [object];
  assert.ok('site' in url && url.site === 'example.co.uk');
  writeFileSync(join(folder, 'page.html'), Buffer.from('<meta charset=shift_jis><a href="?\x83\x41">', 'latin1'));
  assert.match(gossamer('links', 'page.html', '--base', 'http://a.test/'), /http:\/\/a\.test\/\?%83A\n/);
});

test('package: the server for language models is there, and its protocol is loaded for it alone', async () => {
  const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const ask = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello })}\n`;
  const { code, stdout } = await startGossamer(['mcp', 'job'], {}, ask, folder, {}, bin).finished;
  assert.equal(code, 0);
  assert.match(stdout, /^\{.*"serverInfo":\{"name":"gossamer"/);
  const { files } = await loadedBy('mcp', '--help');
  for (const file of files) assert.doesNotMatch(readFileSync(new URL(file), 'utf8'), /"notifications\/cancelled"/);
});

test('package: it names the licences of the code that it contains, and what it needs is installed', () => {
  const licenses = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
  for (const name of ['commander', 'ipaddr.js', '@exodus/bytes', 'yazl']) assert.ok(licenses.includes(`\n${name}\n`));
  assert.equal(licenses.match(/permission is hereby granted/gi)?.length, licenses.split('\n----\n').length);
  const code = globSync('dist/**/*.js', { cwd: installed }).map((file) => readFileSync(join(installed, file), 'utf8'));
  const imported = code.flatMap((text) => [...text.matchAll(/^(?:import|export) .*from "([^".][^"]*)"/gm)]);
  assert.deepEqual(
    imported.map(([, specifier]) => specifier),
    [],
  );
});

interface Loaded {
  /** Files of our package and of others. */
  readonly files: string[];
  /** Modules of Node. */
  readonly modules: string[];
}

async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const { finished } = startGossamer(args, { NODE_OPTIONS: `--require ${LOADED}` }, '', folder, {}, bin);
  const { code, stdout, stderr } = await finished;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.split('\n').at(-1)!) as Loaded;
}

function assertNotLoaded({ modules, files }: Loaded, unwanted: readonly string[]): void {
  assert.deepEqual(
    unwanted.filter((name) => modules.includes(name) || files.some((file) => file.includes(`/${name}/`))),
    [],
  );
}

test('start: --version and --help load what they need and no more', async () => {
  for (const flag of ['--version', '--help']) {
    const loaded = await loadedBy(flag);
    assert.ok(loaded.files.length <= 7, loaded.files.join('\n'));
    assertNotLoaded(loaded, ['crypto', 'zlib', 'sqlite', 'tls', 'dns', 'http', 'child_process', 'fs/promises']);
  }
});

test('start: a crawl loads few files, and nothing for what it does not meet', async () => {
  await using site = await serveSite((path, response) => {
    response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end('<p>x');
  });
  const loaded = await loadedBy('crawl', site.root, '-q', '-o', 'small');
  const plain = await loadedBy('crawl', site.root, '-q', '--no-archive', '--store', 'memory:');
  assertNotLoaded(plain, ['zlib']);
  assert.ok(loaded.files.length <= 14, loaded.files.join('\n'));
  assertNotLoaded(loaded, ['tls', 'http', 'dns', 'child_process', 'worker_threads', 're2js', 'tldts', 'bytes', 'yazl']);
});

test('start: compiled code is kept in the folder of the user, and where that cannot be nothing is said', () => {
  const cache = join(home, 'cache');
  const version = (XDG_CACHE_HOME: string): string => {
    const env = { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME };
    return execFileSync(process.execPath, [bin, '--version'], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 2] });
  };
  assert.equal(version(cache), `${manifest.version}\n`);
  assert.ok(globSync('gossamer/*/*', { cwd: cache }).length > 0);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--version'], {
    encoding: 'utf8',
    // A file, in which nobody can make a folder.
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: join(folder, 'package.json') },
  });
  assert.deepEqual([status, stdout, stderr], [0, `${manifest.version}\n`, '']);
});

test('package: with --verbose a failure names the lines of the source, and none of them is blamed on an options file', () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  const args = [bin, 'crawl', 'http://127.0.0.1:9/', '--config', 'broken.json', '--verbose'];
  assert.doesNotMatch(run(folder, process.execPath, ...args).stderr, /cannot be used: .*config\.ts/);
  const script = `
    import { once } from 'node:events';
    process.stdout.write = () => { throw new TypeError('broken'); };
    process.argv = [process.execPath, 'gossamer', 'key', 'http://a.test/', '--verbose'];
    await import(${JSON.stringify(bin)});
    await once(process, 'beforeExit');`;
  const { stderr } = run(folder, process.execPath, '--input-type=module', '-e', script);
  assert.match(stderr, /gossamer: broken\n(?:.*\n)* +at print \(.*src\/cli\/shell\.ts:\d+/);
});

function pack(): { tarball: string; files: string[] } {
  const packed = join(home, 'package');
  mkdirSync(packed);
  const copied = ['package.json', 'LICENSE', 'README.md', ...manifest.files.filter((name) => name !== 'dist')];
  for (const name of copied.filter((each) => existsSync(join(REPOSITORY, each)))) {
    cpSync(join(REPOSITORY, name), join(packed, name), { recursive: true });
  }
  const dist = join(packed, 'dist');
  const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  done(run(REPOSITORY, process.execPath, 'build/bundle.ts', '--out', dist));
  done(run(REPOSITORY, process.execPath, compiler, '-p', 'tsconfig.build.json', '--outDir', dist));
  const { stdout } = done(run(packed, 'npm', 'pack', '--ignore-scripts', '--json'));
  const told = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(packed, told[0].filename), files: told[0].files.map(({ path }) => path) };
}

/**
 * A user's lock that names the versions of this repository's lock. npm has these in its cache, and asks no registry for
 * newer ones.
 */
function lockOf(gossamer: string): object {
  const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true; devOptional?: true; dependencies: object }>;
  };
  const needed = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
  );
  const { version, bin, dependencies } = { ...manifest, ...packages['']! };
  return {
    ...{ name: 'a-user', lockfileVersion: 3, requires: true },
    packages: {
      '': { name: 'a-user', dependencies: { gossamer } },
      'node_modules/gossamer': { version, resolved: gossamer, dependencies, bin },
      ...Object.fromEntries(needed),
    },
  };
}

function run(cwd: string, command: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const inherited = Object.entries(process.env).filter(
    // What npm tells its scripts would make an inner npm believe that it works in this repository.
    ([name]) =>
      !/^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|INIT_CWD|NODE_)/.test(name),
  );
  const env = {
    ...Object.fromEntries(inherited),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
}

function done(result: SpawnSyncReturns<string>): SpawnSyncReturns<string> {
  assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
  return result;
}
