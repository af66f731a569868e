// A style sheet, a script or a frame that names no encoding is read in that of what led to it: by the crawl, whose
// requests show it, and by a browser that opens the mirror.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startChromium } from '../helpers/chromium.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-outer-'));
after(() => rmSync(folder, { recursive: true }));

const cyrillic = (text: string): Buffer =>
  Buffer.from([...text].map((each) => (each < '\x80' ? each.charCodeAt(0) : each.charCodeAt(0) - 0x410 + 0xc0)));

/** Types and bodies by path. Only the first page tells its encoding. */
const FILES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': [
    'text/html; charset=windows-1251',
    // A link of another kind to the same URL may come first.
    `<a href=/frame>x</a><a href=/a.css>x</a><link rel=stylesheet href=/a.css><link rel=stylesheet href=/koi.css charset=windows-1252><script src=/s.js></script>
    <script type=module src=/m.js></script><link rel=preload as=style href=/pre.css><link rel=stylesheet href=/pre.css><object data=/object></object>
    <iframe src=/frame></iframe><iframe src=/moved></iframe><iframe src=OTHER/far></iframe><iframe src=/utf8></iframe><iframe src=/ascii></iframe><a href=/page>page</a>
    <iframe srcdoc="<link rel=stylesheet href=/inner.css>"></iframe>`,
  ],
  '/a.css': ['text/css', '@import "/b.css"; a { b: url(/ascii.gif) }'],
  '/b.css': ['text/css', 'a { b: url("/бы.gif") }'],
  '/koi.css': ['text/css', 'a { b: url("/кои.gif") }'],
  '/inner.css': ['text/css', 'a { b: url("/вн.gif") }'],
  '/pre.css': ['text/css', 'a { b: url("/пре.gif") }'],
  '/object': ['text/html', '<title>Объект</title>'],
  '/m.js': ['text/javascript', 'window.module = "Да"'],
  '/s.js': ['text/javascript', 'window.said = "Да"'],
  '/frame': ['text/html', '<title>Рама</title><p id=said>Рама</p><a href="/q?q=р">x</a><img src="/рис.gif">'],
  '/frame2': ['text/html', '<title>Два</title><img src="/два.gif">'],
  '/far': ['text/html', '<title>Даль</title><img src="/даль.gif">'],
  '/ascii': ['text/html', '<iframe src=/in></iframe>'],
  '/in': ['text/html', '<title>Там</title><img src="/там.gif">'],
  // Its frame is in UTF-8 as it is.
  '/utf8': ['text/html; charset=utf-8', '<iframe src=/latin></iframe>'],
  '/latin': ['text/html', '<title>Ин</title><img src="/инн.gif">'],
  '/page': ['text/html', '<title>Сам</title><img src="/сам.gif">'],
};
const LATIN: Readonly<Record<string, string>> = { '/koi.css': 'êîè', '/far': 'äàëü', '/page': 'ñàì' };

test('a document that names no encoding has that of what led to it, in the crawl and in a mirror', async (context) => {
  let other = '';
  await using site = await serveSite((path, response) => {
    if (path === '/moved') return void response.writeHead(302, { location: '/frame2' }).end();
    const [type, body] = FILES[path] ?? ['image/gif', 'GIF89a'];
    response.setHeader('content-type', type).end(cyrillic(body.replace('OTHER', other)));
  });
  await using elsewhere = await serveSite((path, response) => {
    const [type, body] = FILES[path] ?? ['image/gif', 'GIF89a'];
    response.setHeader('content-type', type).end(cyrillic(body));
  });
  other = elsewhere.root.slice(0, -1);
  const job = join(folder, 'job');
  const scope = ['--scope', 'any', '--page-requisites', '--no-sitemaps', '--allow-private'];
  const run = await gossamer(['crawl', site.root, '-o', job, '-q', ...scope]);
  assert.equal(run.code, 0, run.stderr);
  const asked = (log: typeof site.log): string[] =>
    log
      .map(({ path }) => path)
      .filter((path) => path.includes('%'))
      .sort();
  const asUtf8 = (text: string): string => encodeURI(text);
  assert.deepEqual(
    asked(site.log),
    [
      asUtf8('/бы.gif'),
      asUtf8(`/${LATIN['/koi.css']}.gif`),
      // The document in `srcdoc` is in UTF-8.
      asUtf8('/\ufffd\ufffd.gif'),
      asUtf8('/пре.gif'),
      asUtf8('/\ufffd\ufffd\ufffd.gif'),
      asUtf8('/рис.gif'),
      asUtf8('/там.gif'),
      asUtf8('/два.gif'),
      '/q?q=%F0',
      asUtf8(`/${LATIN['/page']}.gif`),
    ].sort(),
  );
  assert.deepEqual(asked(elsewhere.log), [asUtf8(`/${LATIN['/far']}.gif`)], 'a frame of another origin');

  const output = join(folder, 'mirror');
  const exported = await gossamer(['export', 'mirror', job, '-o', output, '-q']);
  assert.equal(exported.code, 0, exported.stderr);
  const mirror = join(output, new URL(site.root).host.replace(':', '_'));
  assert.equal(readFileSync(join(mirror, 's.js'), 'utf8'), '\ufeffwindow.said = "Да"');
  assert.match(readFileSync(join(mirror, 'frame.html'), 'utf8'), /^\ufeff<title>Рама/);
  assert.match(readFileSync(join(mirror, 'object.html'), 'utf8'), /^\ufeff<title>Объект/);
  assert.deepEqual(readFileSync(join(mirror, 'm.js')), cyrillic('window.module = "Да"'), 'a module is in UTF-8');
  // Of this page a browser guesses the encoding, here as on the web.
  assert.ok(readFileSync(join(mirror, 'page.html')).includes(cyrillic('<title>Сам')));
  assert.ok(readdirSync(mirror).includes('рис.gif'));
  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    const shown = await browser.newPage();
    await shown.goto(pathToFileURL(join(mirror, 'index.html')).href);
    assert.equal(await shown.evaluate('window.said'), 'Да');
    assert.equal(await shown.frames()[1]!.title(), 'Рама');
    for (const path of ['page', 'far']) {
      const [root, host] = path === 'page' ? [site.root, mirror] : [elsewhere.root, mirror.replace(/[^/]+$/, '')];
      const file = path === 'page' ? 'page.html' : join(new URL(root).host.replace(':', '_'), 'far.html');
      await shown.goto(`${root}${path}`);
      const onWeb = await shown.title();
      await shown.goto(pathToFileURL(join(host, file)).href);
      assert.equal(await shown.title(), onWeb, path);
    }
  } finally {
    await browser.close();
  }
});
