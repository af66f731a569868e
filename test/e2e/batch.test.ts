// The batch modes, as programs use them: JSON Lines in, a line of JSON for each out.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gossamer } from '../helpers/gossamer.ts';
import { ROBOTS, servePage } from '../helpers/page.ts';
import { smallLimits } from '../helpers/small-limits.ts';

const ENTRY = fileURLToPath(new URL('../helpers/run-cli.ts', import.meta.url));

async function batch(
  command: string,
  lines: readonly (object | string)[],
  ...options: readonly string[]
): Promise<unknown[]> {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const { code, stdout, stderr } = await gossamer([command, '--batch', ...options], {}, input);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const isError = (answer: unknown): boolean => Object.keys(answer as object).join() === 'error';

test('fetch --batch: a document a line, and each line is a root of its own', async () => {
  await using site = await servePage();
  await using other = await servePage();
  const lines = [{ url: site.root }, 'x', { url: other.root }, {}, { url: `${site.root}a` }];
  const answers = (await batch('fetch', lines, '--allow-private')) as {
    status?: number;
    reason?: string;
    error?: string;
  }[];
  assert.deepEqual(
    answers.map((each) => (isError(each) ? 'error' : (each.reason ?? each.error ?? each.status))),
    [200, 'error', 200, 'error', 'redirect-loop'],
  );
});

test('fetch --batch: a line opens no private address and no port that is not of the web', async () => {
  await using site = await servePage();
  const { port } = new URL(site.root);
  const urls = [site.root, `http://localhost:${port}/`, `http://a.localhost:${port}/`, `http://[::1]:${port}/`];
  const lines = [...urls, 'http://169.254.169.254/', 'http://2130706433/', 'http://93.184.216.34:22/'];
  const answers = (await batch(
    'fetch',
    lines.map((url) => ({ url })),
  )) as { state: string; reason: string }[];
  assert.deepEqual(
    answers.map(({ state, reason }) => `${state} ${reason}`),
    [...Array<string>(6).fill('skipped address'), 'skipped port'],
  );
});

test('links --batch: a line of all the length that a line may have is answered, a longer one is an error, and the next is answered', async () => {
  const lineOf = (length: number): string => {
    const html = '<a href=b>';
    return JSON.stringify({ base: 'http://h/', html }).replace(html, html.padEnd(html.length + length - 40, 'x'));
  };
  const lines = [lineOf(100), lineOf(101), lineOf(1_000_000), lineOf(100)];
  assert.deepEqual(
    lines.map(({ length }) => length),
    [100, 101, 1_000_000, 100],
  );
  const { code, stdout } = await gossamer(
    ['links', '--batch'],
    smallLimits({ BATCH_LINE_LENGTH_MAX: '100' }),
    lines.join('\n'),
  );
  assert.equal(code, 0);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { error?: string });
  assert.deepEqual(
    answers.map(({ error }) => error ?? 'answered'),
    ['answered', 'Line 2 has more than 100 characters.', 'Line 3 has more than 100 characters.', 'answered'],
  );
});

test('links --batch: text has its own encoding, bytes have that of their page', async () => {
  const declared = '<meta charset=koi8-r><a href="/\u044f">';
  const inKoi8 = Buffer.from([...Buffer.from('<meta charset=koi8-r><a href="/'), 0xd1, ...Buffer.from('">')]);
  const encodings = [
    [{ html: declared }, 'utf-8'],
    [{ html: declared, type: 'text/html; charset=windows-1251' }, 'utf-8'],
    [{ html: declared, type: 'application/xhtml+xml' }, 'utf-8'],
    [{ htmlBase64: inKoi8.toString('base64') }, 'koi8-r'],
    [{ htmlBase64: Buffer.from(declared).toString('base64'), type: 'text/html; charset=utf-8' }, 'utf-8'],
  ] as const;
  const answers = await batch(
    'links',
    encodings.map(([line]) => ({ ...line, base: 'http://h/' })),
  );
  for (const [index, [, charset]] of encodings.entries()) {
    const link = { url: 'http://h/%D1%8F', kind: 'navigation', rel: '', element: 'a' };
    assert.deepEqual(answers[index], { links: [link], base: 'http://h/', charset });
  }
  const odd = await batch('links', [
    { html: '<a href=b>', base: 'b' },
    { base: 'http://h/' },
    { html: 5 },
    { htmlBase64: '!' },
  ]);
  assert.ok(odd.every(isError));
  assert.deepEqual(await batch('links', [{ html: '<a href=b><a href=//x>' }]), [
    { links: [], base: 'about:blank', charset: 'utf-8' },
  ]);
});

test('key --batch: what a URL is kept by, and whether it is in scope', async () => {
  const parts = { key: 'http://www.example.co.uk/a', host: 'http://www.example.co.uk', site: 'example.co.uk' };
  const url = 'http://www.example.co.uk/%61';
  const lines = [
    { url },
    { url, root: 'https://example.co.uk/' },
    { url, root: 'https://other.example.co.uk/', scope: 'site' },
    { url, root: 'https://other.example.co.uk/' },
    { url: '%61', base: 'http://www.example.co.uk/b' },
  ];
  assert.deepEqual(
    await batch('key', lines),
    [null, true, true, false, null].map((inScope) => ({ ...parts, inScope })),
  );
  const odd = [
    { url: 'http://' },
    { url: '/a' },
    { root: url },
    { url, root: 'x y' },
    { url, root: url, scope: 'all' },
    '[',
  ];
  assert.ok((await batch('key', odd)).every(isError));
});

test('robots --batch: the verdict and the number of the line that decides', async () => {
  const verdicts = await batch('robots', [
    { robots: ROBOTS, agent: 'mine', url: 'http://h/private' },
    { robotsBase64: Buffer.from(ROBOTS).toString('base64'), agent: 'otherbot', url: 'http://h/' },
    { robots: '', url: 'http://h/' },
    { robots: ROBOTS, url: 'h' },
    { url: 'http://h/' },
  ]);
  assert.deepEqual(verdicts.slice(0, 3), [
    { allowed: false, line: 2, crawlDelay: 1.5 },
    { allowed: false, line: 6, crawlDelay: null },
    { allowed: true, line: null, crawlDelay: null },
  ]);
  assert.ok(verdicts.slice(3).every(isError));
});

test('--batch: answers each line at once, and ends quietly where its reader leaves', async () => {
  const child = spawn(process.execPath, [ENTRY, 'key', '--batch']);
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  child.stdin.on('error', () => {});
  for (const name of ['a', 'b', 'c']) {
    child.stdin.write(`{"url": "http://h/${name}"}\n`);
    const [line] = await once(child.stdout, 'data');
    assert.equal((JSON.parse(String(line)) as { key: string }).key, `http://h/${name}`);
  }
  child.stdout.destroy();
  child.stdin.end('{"url": "http://h/"}\n'.repeat(100_000));
  const [code] = await once(child, 'close');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

test('--batch: a hundred thousand lines', async () => {
  const count = 100_000;
  const lines = Array.from({ length: count }, (_, n) => `{"url":"http://h/${n}"}`).join('\n');
  const { code, stdout } = await gossamer(['key', '--batch'], {}, lines);
  const answers = stdout.trimEnd().split('\n');
  assert.deepEqual({ code, count: answers.length }, { code: 0, count });
  assert.equal((JSON.parse(answers.at(-1)!) as { key: string }).key, `http://h/${count - 1}`);
});
