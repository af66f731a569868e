// What exports make of sites that choose their names and addresses to hurt whoever takes the export into his hands.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-hostile-'));
after(() => rmSync(folder, { recursive: true }));

const RAN = join(folder, 'ran');
/** By path, what stands there: a repository whose options run a program, and files that other tools take up. */
const FILES: Readonly<Record<string, string>> = {
  '/repo/HEAD': 'ref: refs/heads/main\n',
  '/repo/config': `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch ${RAN}\n`,
  '/repo/objects/a': 'x',
  '/repo/refs/heads/main': 'x',
  '/.git/HEAD': 'ref: refs/heads/main\n',
  '/.git/config': `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch ${RAN}\n`,
  '/.git/objects/a': 'x',
  '/.git/refs/heads/main': 'x',
  '/.envrc': `touch ${RAN}`,
  '/.vscode/tasks.json': '{}',
  '/.htaccess': 'Options +ExecCGI',
  '/desktop.ini': '[.ShellClassInfo]',
  '/mise.toml': '[hooks]',
  '/Makefile': 'all:',
  '/x.desktop': '[Desktop Entry]',
  '/-rf': 'x',
  '/json.py': `open(${JSON.stringify(RAN)}, 'w')`,
  '/email/_init__.py': `open(${JSON.stringify(RAN)}, 'w')`,
};
/** Of words that differ: the same one again and again is a trap, and is not asked for. */
const LONG_PATH = `/${Array.from({ length: 40 }, (_, at) => String.fromCharCode(97 + (at % 26)).repeat(100 + at)).join('/')}/page`;
const LONG_BASE = `http://b.test/${'x'.repeat(8_000)}/`;
const ASSISTANTS = ['/AGENTS', '/CLAUDE.html'];

const answer: Answer = (path, response) => {
  if (Object.hasOwn(FILES, path)) return void response.setHeader('content-type', 'text/plain').end(FILES[path]);
  response.setHeader('content-type', 'text/html');
  if (path === '/') {
    const links = [...Object.keys(FILES), ...ASSISTANTS, LONG_PATH, '/based', '/dead', '/plain'];
    return void response.end(links.map((link) => `<a href="${link}">x</a>`).join('\n'));
  }
  if (path === '/based') return void response.end(`<base href="${LONG_BASE}">${'<a href=x>'.repeat(20_000)}`);
  const dead = '<iframe src="file:///etc/passwd"></iframe><img src="file://host/share" srcset="smb://host/x 1x">';
  response.end(
    `<title>${path.slice(-5)}</title><p>A page with a text that is long enough.</p>${path === '/dead' ? dead : ''}`,
  );
};

async function crawled(site: Site): Promise<string> {
  const job = join(folder, 'job');
  const run = await gossamer(['crawl', site.root, '-o', job, '-q', '--no-sitemaps', '--delay', '0']);
  assert.equal(run.code, 0, run.stderr);
  return job;
}

function filesIn(output: string): string[] {
  return readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((name) => name !== '.gossamer-export');
}

test('exports: names that run something are harmless, dead addresses are gone, and one page denies nothing', async (context) => {
  await using site = await serveSite(answer);
  const job = await crawled(site);
  const host = new URL(site.root).host.replace(':', '_');

  await context.test('mirror', async () => {
    const output = join(folder, 'mirror');
    const run = await gossamer(['export', 'mirror', job, '-o', output]);
    assert.equal(run.code, 1, run.stderr);
    assert.match(
      run.stderr,
      /1 could not be written and is left out; the rest was exported:\n {2}\S+\/based: its links/,
    );
    const names = filesIn(output);
    for (const name of names)
      assert.doesNotMatch(name, /(?:^|\/)(?:[.-]|HEAD$|desktop\.ini|mise\.toml|Makefile)|\.desktop$/i);
    const home = readFileSync(join(output, host, 'index.html'), 'utf8');
    for (const [, link = ''] of home.matchAll(/href="([^":]+)"/g)) {
      assert.equal(existsSync(join(output, host, decodeURIComponent(link))), link !== 'based.html', link);
    }
    assert.match(home, /href="_.git\/config"/);
    assert.equal(
      readFileSync(join(output, host, 'dead.html'), 'utf8').replace(/^.*<\/p>/, ''),
      '<iframe src="about:blank"></iframe><img src="about:blank" srcset="about:blank 1x">',
    );
    assert.equal(names.filter((name) => basename(name).endsWith('-page.html')).length, 1);
    for (const module of ['json.tool', 'email', 'http.server'])
      spawnSync('python3', ['-m', module, '--help'], { cwd: join(output, host) });
    for (const each of ['', host, join(host, 'repo'), join(host, '_.git')]) {
      spawnSync('git', ['status'], {
        cwd: join(output, each),
        env: { ...process.env, GIT_CEILING_DIRECTORIES: folder },
      });
    }
    assert.ok(!existsSync(RAN));
  });

  await context.test('markdown', async () => {
    const output = join(folder, 'markdown');
    const run = await gossamer(['export', 'markdown', job, '-o', output]);
    assert.equal(run.code, 0, run.stderr);
    const names = filesIn(output).map((name) => basename(name));
    assert.ok(names.includes('_AGENTS.md') && names.includes('_CLAUDE.md') && names.includes('based.md'), names.join());
  });

  await context.test('a path that the system refuses', async () => {
    const deep = join(folder, ...Array.from({ length: 15 }, () => 'd'.repeat(240)), 'e'.repeat(150));
    for (const format of ['mirror', 'markdown']) {
      const output = join(deep, format);
      const run = await gossamer(['export', format, job, '-o', output, '--json']);
      assert.equal(run.code, 1, run.stderr);
      const { rows, unwritten, skipped } = JSON.parse(run.stdout);
      assert.ok(rows > 3 && unwritten >= 1, run.stdout);
      const long = skipped.find(({ url }: { url: string }) => url.endsWith('/page'));
      assert.equal(long.why, 'its path is too long');
      assert.ok(existsSync(join(output, host, `plain.${format === 'mirror' ? 'html' : 'md'}`)));
      assert.match(run.stderr, /\d could not be written and (?:is|are) left out; the rest was exported:\n/);
    }
  });
});
