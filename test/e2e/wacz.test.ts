// The WACZ of a job as other people's software reads it: a zip reader, the WARC reader of the field by the index's
// offsets, and the replay engine of the field in a browser.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { WARCParser } from 'warcio';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { startChromium } from '../helpers/chromium.ts';
import { digestGate } from '../helpers/digest-server.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { replay } from '../helpers/replay.ts';
import { makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';
import { type Unzipped, unzip } from '../helpers/unzip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-wacz-'));
after(() => rmSync(folder, { recursive: true }));

async function exported(job: string, name: string): Promise<Map<string, Unzipped>> {
  const file = join(folder, name);
  const run = await gossamer(['export', 'wacz', job, '-o', file]);
  assert.equal(run.code, 0, run.stderr);
  return unzip(file);
}

interface Line {
  readonly surt: string;
  readonly url: string;
  readonly mime: string;
  readonly status: string;
  readonly digest: string;
  readonly filename: string;
  readonly offset: string;
  readonly length: string;
}

/** The lines of the index, block by block, each found through the second index. */
function indexBlocks(entries: Map<string, Unzipped>): Line[][] {
  const packed = entries.get('indexes/index.cdx.gz')!.bytes;
  const [meta, ...blocks] = entries.get('indexes/index.idx')!.bytes.toString().trimEnd().split('\n');
  assert.deepEqual(JSON.parse(meta!.split(' ').slice(2).join(' ')), {
    format: 'cdxj-gzip-1.0',
    filename: 'index.cdx.gz',
  });
  const all = blocks.map((block) => {
    const { offset, length } = JSON.parse(block.slice(block.indexOf('{')));
    const own = gunzipSync(packed.subarray(offset, offset + length))
      .toString()
      .trimEnd()
      .split('\n');
    assert.ok(own[0]!.startsWith(block.slice(0, block.indexOf(' {'))), block);
    return own;
  });
  assert.deepEqual(all.flat(), all.flat().sort());
  const read = (line: string): Line => ({
    surt: line.split(' ')[0]!,
    ...JSON.parse(line.slice(line.indexOf('{'))),
  });
  return all.map((lines) => lines.map(read));
}

function indexOf(entries: Map<string, Unzipped>): Line[] {
  return indexBlocks(entries).flat();
}

/**
 * Each line's place holds the record that it says, by a reader that is not ours; and the package names every file with
 * its digest.
 */
async function assertConsistent(entries: Map<string, Unzipped>): Promise<Line[]> {
  const lines = indexOf(entries);
  for (const { url, filename, offset, length, digest, mime } of lines) {
    const { bytes } = entries.get(`archive/${filename}`)!;
    const member = bytes.subarray(Number(offset), Number(offset) + Number(length));
    const record = await new WARCParser(Readable.from([member])).parse();
    assert.equal(record?.warcTargetURI, url);
    assert.equal(record?.warcPayloadDigest, digest);
    assert.equal(record?.warcType, mime === 'warc/revisit' ? 'revisit' : 'response');
  }
  const { resources, wacz_version, profile } = JSON.parse(entries.get('datapackage.json')!.bytes.toString());
  assert.deepEqual([profile, wacz_version], ['data-package', '1.1.1']);
  const named = ['datapackage.json', 'datapackage-digest.json', ...resources.map(({ path }: { path: string }) => path)];
  assert.deepEqual([...entries.keys()].sort(), named.sort());
  for (const { path, hash, bytes } of resources) {
    const entry = entries.get(path)!;
    assert.ok(entry.isStored, path);
    assert.deepEqual([`sha256:${sha256(entry.bytes)}`, entry.bytes.length], [hash, bytes], path);
  }
  const { path, hash } = JSON.parse(entries.get('datapackage-digest.json')!.bytes.toString());
  assert.equal(hash, `sha256:${sha256(entries.get(path)!.bytes)}`);
  return lines;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function pagesOf(entries: Map<string, Unzipped>): { url: string; title: string; seed?: true; ts: string }[] {
  const [head, ...pages] = entries.get('pages/pages.jsonl')!.bytes.toString().trimEnd().split('\n');
  assert.equal(JSON.parse(head!).format, 'json-pages-1.0');
  return pages.map((page) => JSON.parse(page));
}

test('export wacz: pages, index and digests agree, whatever the compression of the archive', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    const same = '<p>the same</p>'.repeat(100);
    if (path === '/')
      response.end('<title>The root</title><a href=/A?b=2&a=1>x</a><a href=/same>x</a><a href=/gone>x</a>');
    else if (path === '/gone') response.writeHead(404).end(same);
    else response.end(path === '/same' ? same : `${same}<a href=/same2>x</a>`);
  });
  for (const compression of ['gzip', 'zstd', 'none']) {
    const job = join(folder, compression);
    assert.equal(
      (await gossamer(['crawl', site.root, '-o', job, '-q', '-c', '1', '--warc-compression', compression])).code,
      0,
    );
    const entries = await exported(job, `${compression}.wacz`);
    const lines = await assertConsistent(entries);
    const port = new URL(site.root).port;
    assert.deepEqual(
      lines.map(({ surt, status, mime }) => [surt, status, mime]),
      [
        [`1,0,0,127:${port})/`, '200', 'text/html'],
        [`1,0,0,127:${port})/a?a=1&b=2`, '200', 'text/html'],
        [`1,0,0,127:${port})/gone`, '404', 'warc/revisit'],
        [`1,0,0,127:${port})/robots.txt`, '404', 'unk'],
        [`1,0,0,127:${port})/same`, '200', 'text/html'],
        [`1,0,0,127:${port})/same2`, '200', 'warc/revisit'],
        [`1,0,0,127:${port})/sitemap.xml`, '404', 'unk'],
        [`1,0,0,127:${port})/sitemap_index.xml`, '404', 'unk'],
      ],
    );
    const pages = pagesOf(entries).map(({ url, title, seed }) => [new URL(url).pathname, title, seed]);
    assert.deepEqual(pages, [
      ['/', 'The root', true],
      ['/A', '', undefined],
      ['/same', '', undefined],
      ['/same2', '', undefined],
    ]);
  }
});

test('export wacz: while the crawl runs, after a kill, and of several files', async () => {
  const links = makeLinks(7, 300, 6);
  const job = join(folder, 'running');
  const early: Promise<Map<string, Unzipped>>[] = [];
  await using site = await serveSite(pagesAnswer(links));
  site.onRequest = (_, count) => {
    if (count === 200) early.push(exported(job, 'early.wacz'));
  };
  const stopped = await gossamer(['crawl', site.root, '-o', job, '-q', '--limit', '220', '--delay', '5']);
  assert.equal(stopped.code, 16, stopped.stderr);
  const lines = await assertConsistent((await early[0])!);
  assert.ok(lines.length < 225, `${lines.length} lines`);
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  assert.equal(globSync(join(job, 'archive/*')).length, 2);
  const entries = await exported(job, 'whole.wacz');
  const urls = (await assertConsistent(entries)).map(({ url }) => url);
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  for (const { url, archive } of rows) if (archive !== null) assert.ok(urls.includes(url), url);
  // Without its indexes the same is made from the files, up to the last record that a row points to.
  rmSync(join(job, 'indexes'), { recursive: true });
  const made = indexOf(await exported(job, 'again.wacz'));
  // The sitemap was asked for beside the pages, before the last of them or after it.
  const pages = (lines: readonly Line[]): Line[] => lines.filter(({ surt }) => !/sitemap(?:_index)?\.xml$/.test(surt));
  assert.deepEqual(pages(made), pages(indexOf(entries)));
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
);

test('export wacz: the replay engine of the field shows a page with its style and its image, and the next one', async (context) => {
  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    // Behind Digest, of which an archive must show nothing.
    const gate = digestGate({ user: 'me', password: 'let-me-in' });
    const site = await serveSite((path, response, request) => {
      if (!gate.admits(request, response)) return;
      const type = { '/style.css': 'text/css', '/image.png': 'image/png' }[path] ?? 'text/html';
      response.setHeader('content-type', type);
      const style = `body { background: rgb(1, 2, 30) } ${'p { color: red } '.repeat(300)}`;
      const page = `<!doctype html><title>Page ${path}</title><link rel=stylesheet href=style.css>
        <h1>${path}</h1><img src=image.png><a id=next href=/next>next</a>${'<p>more of it</p>'.repeat(300)}`;
      // Bodies that came coded are in records that are stored.
      if (path === '/style.css') response.setHeader('content-encoding', 'br').end(brotliCompressSync(style));
      else if (path === '/image.png') response.end(PNG);
      else response.setHeader('content-encoding', 'gzip').end(gzipSync(page));
    });
    const job = join(folder, 'replay');
    const words = ['crawl', site.root, '-o', job, '-q', '--page-requisites', '--auth', 'me:let-me-in', '--digest'];
    assert.equal((await gossamer(words)).code, 0);
    // The server is gone: what is seen comes from the file.
    await site[Symbol.asyncDispose]();
    const first = pagesOf(await exported(job, 'replay.wacz'))[0]!;
    await using viewer = await replay(browser, join(folder, 'replay.wacz'));
    const frame = await viewer.open(first.url, first.ts.replace(/\D/g, '').slice(0, 14));
    const seen = async (): Promise<unknown> =>
      frame.evaluate(
        `[document.title, getComputedStyle(document.body).backgroundColor, document.images[0].naturalWidth]`,
      );
    assert.deepEqual(await seen(), ['Page /', 'rgb(1, 2, 30)', 10]);
    await frame.click('#next');
    await frame.waitForURL('**/next');
    assert.deepEqual(await seen(), ['Page /next', 'rgb(1, 2, 30)', 10]);
    const artefacts = join(import.meta.dirname, '../artefacts');
    mkdirSync(artefacts, { recursive: true });
    await viewer.page.screenshot({ path: join(artefacts, 'replay.png') });
    assert.ok(readFileSync(join(artefacts, 'replay.png')).length > 1_000);
  } finally {
    await browser.close();
  }
});

test('export wacz: the replay engine finds each page of a long index, however its query is written, of an archive in zstd too', async (context) => {
  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    const plain = Array.from({ length: 3_000 }, (_, page) => `/q?t=a%20${page}`);
    const odd = ['/q?x=(1)', '/q?a', '/q?a=', '/q?a=&b', '/q?b&a=1', '/q?a=%E2', '/q?a=%E3', '/q?T=A+b', '/a%2Fb?C'];
    const site = await serveSite((path, response) => {
      response.setHeader('content-type', 'text/html');
      const links = path === '/' ? [...plain, ...odd].map((link) => `<a href="${link}">x</a>`) : [];
      response.end(`<!doctype html><title>${path.replaceAll('&', '&amp;')}</title>${links.join('')}`);
    });
    const job = join(folder, 'long');
    // The engine reads no zstd: the export gives it gzip members.
    const kept = ['--warc-compression', 'zstd'];
    const run = await gossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt', '--no-sitemaps', ...kept]);
    assert.equal(run.code, 0, run.stderr);
    await site[Symbol.asyncDispose]();
    const blocks = indexBlocks(await exported(job, 'long.wacz'));
    assert.equal(blocks.length, 3);
    const inBlocks = blocks.flatMap((lines) => [lines[0]!, lines[lines.length >> 1]!, lines.at(-1)!]);
    const urls = [...inBlocks.map(({ url }) => url), ...odd.map((path) => new URL(path, site.root).href)];
    await using viewer = await replay(browser, join(folder, 'long.wacz'));
    for (const url of urls.filter((each) => !each.endsWith('/robots.txt'))) {
      const frame = await viewer.open(url, '');
      assert.equal(await frame.evaluate('document.title'), url.slice(site.root.length - 1));
    }
  } finally {
    await browser.close();
  }
});
