// Where options come from, what a dry run says, and what a shell completes: the built program in a folder of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Plan } from '../../src/cli/crawl/dry-run.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { serveSite } from '../helpers/site.ts';

const secondMissing = await missingLoopback('127.0.0.2');

const folder = mkdtempSync(join(tmpdir(), 'gossamer-options-'));
after(() => rmSync(folder, { recursive: true }));

const ROBOTS = 'User-agent: *\nDisallow: /private\nCrawl-delay: 2\nSitemap: ROOTmap.xml\n';

test('options: the command line beats the environment, and both beat the file', async () => {
  await using site = await serveSite((_, response) => response.end('x'), ROBOTS);
  const config = { roots: [site.root], depth: 1, limit: 10, exclude: ['/from-file'], userAgent: 'file/1' };
  writeFileSync(join(folder, 'gossamer.config.json'), JSON.stringify(config));
  const plan = async (args: readonly string[], environment: Record<string, string> = {}): Promise<Plan> => {
    const run = await gossamer(['crawl', '--dry-run', '--json', ...args], environment, '', folder);
    assert.equal(run.code, 0, run.stderr);
    return JSON.parse(run.stdout) as Plan;
  };
  const fromFile = await plan([]);
  assert.deepEqual(
    [fromFile.depth, fromFile.limit, fromFile.exclude, fromFile.userAgent, fromFile.roots.map(({ url }) => url)],
    [1, 10, ['/from-file'], 'file/1', [site.root]],
  );
  const environment = { GOSSAMER_DEPTH: '2', GOSSAMER_LIMIT: '20', GOSSAMER_EXCLUDE: '/e1\n/e2' };
  const mixed = await plan([`${site.root}typed`, '-d', '3'], environment);
  assert.deepEqual([mixed.depth, mixed.limit, mixed.exclude, mixed.userAgent], [3, 20, ['/e1', '/e2'], 'file/1']);
  assert.deepEqual(
    mixed.roots.map(({ url }) => url),
    [`${site.root}typed`],
  );
  assert.deepEqual((await plan(['--exclude', '/a', '--exclude', '/b'], environment)).exclude, ['/a', '/b']);
  assert.deepEqual(readdirSync(folder), ['gossamer.config.json'], 'nothing was written');

  writeFileSync(join(folder, 'other.json'), '{"roots": "http://127.0.0.1/", "dept": 1}');
  const wrong = await gossamer(['crawl', '--config', 'other.json'], {}, '', folder);
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(
    wrong.stderr,
    /^Options from \S+other\.json .*\ngossamer: \S+other\.json: dept is not an option: did you mean depth\?\n$/,
  );
  const none = await gossamer(['crawl'], { GOSSAMER_CONFIG: 'nowhere.ts' }, '', folder);
  assert.match(none.stderr, /nowhere\.ts is not there\.\n$/);
});

test('gossamer.config.ts: a promise that never settles is told, and is no silent end', async () => {
  const never = 'new Promise(() => {})';
  for (const text of [
    `export default ${never};`,
    `await ${never};\nexport default { depth: 1 };`,
    `await ${never}.finally(() => {});\nexport {};`,
    'export default { then() {} };',
  ]) {
    const here = mkdtempSync(join(folder, 'config-'));
    writeFileSync(join(here, 'gossamer.config.ts'), text);
    const { code, stdout, stderr } = await gossamer(['crawl', 'http://127.0.0.1:9/', '-q'], {}, '', here);
    assert.deepEqual([code, stdout], [2, ''], text);
    assert.match(
      stderr,
      /^gossamer: \S+gossamer\.config\.ts cannot be used: it waits for a promise that never settles\.\n$/,
    );
  }
});

test('gossamer.config.ts: it is named before it runs, and --no-config runs none', async () => {
  await using site = await serveSite((_, response) => response.end('x'));
  const here = mkdtempSync(join(folder, 'config-'));
  const file = join(here, 'gossamer.config.ts');
  writeFileSync(file, "process.stderr.write('it runs\\n');\nexport default { depth: 1 };\n");
  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    gossamer(['crawl', site.root, '--dry-run', '--json', ...args], environment, '', here);
  const told = await run([]);
  assert.match(told.stderr, /^Options from \S+gossamer\.config\.ts \(--no-config ignores the file\)\.\nit runs\n$/);
  assert.equal((await run(['-q'])).stderr, 'it runs\n');
  for (const [args, environment] of [[['--no-config']], [[], { GOSSAMER_NO_CONFIG: '1' }]] as const) {
    const none = await run(args, environment);
    assert.deepEqual([none.code, none.stderr], [0, '']);
  }
  const asked = await run(['--config', 'gossamer.config.ts'], { GOSSAMER_NO_CONFIG: '1' });
  assert.match(asked.stderr, /it runs/);
  const crawled = await gossamer(['crawl', site.root, '-o', join(here, 'job')], {}, '', here);
  assert.match(crawled.stderr, /^Options from \S+gossamer\.config\.ts /);
});

test('-i: every line that holds no URL is told with file and line, all at once', async () => {
  await using site = await serveSite((_, response) => response.end('x'));
  const list = async (text: string | Buffer, name = 'roots.txt') => {
    writeFileSync(join(folder, name), text);
    const run = await gossamer(['crawl', '-i', name, '--dry-run', '--json', '--no-robots'], {}, '', folder);
    const roots = run.code === 0 ? (JSON.parse(run.stdout) as Plan).roots.map(({ url }) => url) : null;
    return { ...run, roots };
  };
  const good = `# all\r\n\r\n ${site.root}a \r\n${site.root}b\t# tab and comment\n\t\n${site.root}c#x\r#${site.root}d`;
  const three = ['a', 'b', 'c'].map((path) => `${site.root}${path}`);
  assert.deepEqual((await list(good)).roots, three);
  assert.deepEqual((await list(`\ufeff${good}`)).roots, three, 'with a byte order mark');
  assert.deepEqual((await list(Buffer.from(`\ufeff${good}`, 'utf16le'))).roots, three, 'in UTF-16');

  const bad = `\ufeff${site.root}\r\n\r\n# no\r\nftp://a/\r\n${site.root}x\t${site.root}y\r\nhttp://a/b c\r\n?\r\nhttp://me:word@a/\r\n`;
  const { code, stdout, stderr } = await list(bad);
  assert.deepEqual([code, stdout], [2, '']);
  assert.equal(
    stderr.replaceAll(site.root, 'ROOT/'),
    [
      'gossamer: 5 of 6 roots are not URLs to begin at:',
      'roots.txt, line 4: "ftp://a/" is not an http or https URL to begin at.',
      'roots.txt, line 5: "ROOT/x\\tROOT/y" contains a space or a tab: write one URL per line, and a space in it as %20.',
      'roots.txt, line 6: "http://a/b c" contains a space or a tab: write one URL per line, and a space in it as %20.',
      'roots.txt, line 7: "?" is not an http or https URL to begin at.',
      'roots.txt, line 8: "http://...@a" contains a name and password: give them with --auth USER:PASS.\n',
    ].join('\n  '),
  );
  assert.match((await list('\n\nhttp://')).stderr, /^gossamer: roots\.txt, line 3: "http:\/\/" is not an http/);
  const latin1 = await list(Buffer.from('http://a/caf\xe9', 'latin1'));
  assert.match(latin1.stderr, /^gossamer: roots\.txt, line 1: .* is not text in UTF-8\.\n$/);
  assert.match((await list('# nothing\n')).stderr, /^gossamer: --input-file: roots\.txt holds no URL\.\n$/);
  const piped = await gossamer(['crawl', '-i', '-'], {}, `${site.root}\nftp://a/`);
  assert.match(piped.stderr, /^gossamer: stdin, line 2: "ftp:/);
  const typed = await gossamer(['crawl', site.root, 'ftp://a/', '-i', '-'], {}, `${site.root}b\n?`);
  assert.match(typed.stderr, /^gossamer: 2 of 4 roots .*:\n {2}root 2: "ftp:.*\n {2}stdin, line 2: "\?"/);
});

test('environment: a variable that nobody reads is told, and what was probably meant', async () => {
  await using site = await serveSite((_, response) => response.end('x'));
  const environment = { GOSSAMER_DELY: '5', GOSSAMER_SEED: '7', GOSSAMER_LIMIT: '1_000' };
  const { code, stderr, stdout } = await gossamer(['crawl', site.root, '--dry-run', '--json', '-q'], environment);
  assert.equal(code, 0);
  assert.equal(stderr, 'gossamer: GOSSAMER_DELY is not an option and was not read: did you mean GOSSAMER_DELAY?\n');
  assert.equal((JSON.parse(stdout) as Plan).limit, 1_000);
});

test('crawl --dry-run: robots.txt is asked for and nothing else, and what would be done is said', async () => {
  await using site = await serveSite((_, response) => response.end('x'), ROBOTS);
  const job = join(folder, 'dry');
  const crawl = ['crawl', site.root, `${site.root}private/x`, '-o', job];
  const { code, stdout } = await gossamer([...crawl, '--dry-run', '-d', '4', '--exclude', '/old']);
  assert.equal(code, 0);
  assert.equal(site.log.length, 0, 'not even a root');
  const text = stdout.replaceAll(site.root, 'ROOT/').replaceAll(site.root.slice(0, -1), 'HOST');
  assert.match(text, /\n {2}root {5}ROOT\/private\/x {2}forbidden {2}\(robots\.txt, line 2: Disallow: \/private\)\n/);
  assert.match(
    text,
    /\n {2}robots {3}HOST: status 200\n {2}delay {4}HOST: 2\.0 s between requests, as robots.txt asks\n/,
  );
  assert.match(
    text,
    /\n {2}sitemap {2}ROOT\/map\.xml\n {2}scope {4}host, at most 4 links deep\n {2}exclude {2}\/old\n/,
  );
  assert.match(text, /dry, new\n {2}first {4}ROOT\/\n$/);

  await using other = await serveSite((_, response) => response.end('<a href=/2>x</a>'));
  const args = ['crawl', other.root, '-o', join(folder, 'known'), '-q'];
  assert.equal((await gossamer([...args, '--limit', '1'])).code, 16);
  const next = async (): Promise<Plan> => JSON.parse((await gossamer([...args, '--dry-run', '--json'])).stdout) as Plan;
  const { job: unfinished, next: urls } = await next();
  assert.deepEqual([unfinished.state, unfinished.queued, urls], ['unfinished', 1, [`${other.root}2`]]);
  assert.equal((await gossamer(args)).code, 0);
  assert.equal((await next()).job.state, 'finished');
});

test('crawl --dry-run: a host that gives no robots.txt may not be asked', { skip: secondMissing }, async () => {
  await using site = await serveSite((_, response) => response.end('x'));
  const unheard = new URL(site.root);
  unheard.hostname = '127.0.0.2';
  const run = await gossamer(['crawl', unheard.href, '--dry-run', '--json', '--store', 'memory:']);
  const plan = JSON.parse(run.stdout) as Plan;
  assert.deepEqual([plan.hosts[0]?.status, plan.hosts[0]?.error, plan.hosts[0]?.isOpen], [0, 'refused', false]);
  assert.deepEqual([plan.next, plan.job.folder], [[], null]);
});

test('completion: bash completes commands, options, their values and files', async () => {
  const { code, stdout: script } = await gossamer(['completion', 'bash']);
  assert.equal(code, 0);
  const here = join(folder, 'files');
  mkdirSync(here, { recursive: true });
  writeFileSync(join(here, 'roots.txt'), '');
  const completed = (...words: readonly string[]): string[] => {
    const typed = words.map((word) => `'${word}'`).join(' ');
    const ask = `${script}\nCOMP_WORDS=(gossamer ${typed}); COMP_CWORD=${words.length}; _gossamer; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const run = spawnSync('bash', ['--norc', '-c', ask], { cwd: here, encoding: 'utf8' });
    assert.equal(run.stderr, '');
    return run.stdout.trim().split('\n').filter(Boolean);
  };
  assert.deepEqual(completed('re'), ['report', 'retry', 'remove']);
  assert.deepEqual(completed('crawl', '--host-c'), ['--host-concurrency']);
  assert.deepEqual(completed('crawl', '--scope', 'p'), ['prefix', 'page']);
  assert.deepEqual(completed('crawl', '-i', 'ro'), ['roots.txt']);
  assert.deepEqual(completed('crawl', '--depth', ''), []);
  assert.deepEqual(completed('export', 'js'), ['jsonl']);
  for (const shell of ['zsh', 'fish']) {
    const other = await gossamer(['completion', shell]);
    assert.equal(other.code, 0);
    assert.match(other.stdout, /host-concurrency/);
  }
  assert.equal((await gossamer(['completion', 'tcsh'])).code, 2);
});

test('--help: each command has examples', async () => {
  const { stdout } = await gossamer(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1]!);
  assert.ok(commands.length > 8, commands.join());
  for (const command of commands.filter((name) => name !== 'help')) {
    assert.match((await gossamer([command, '--help'])).stdout, /\nExamples:\n {2}\S/, command);
  }
});
