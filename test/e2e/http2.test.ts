// Whole crawls over HTTP/2, from the servers that people run.

import assert from 'node:assert/strict';
import {
  chmodSync,
  createReadStream,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WARCParser } from 'warcio';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { severally, startGossamer } from '../helpers/gossamer.ts';
import { type Http2Program, PROGRAMS, programMissing, startProgram } from '../helpers/http2-programs.ts';
import { until } from '../helpers/raw-server.ts';

const PAGES = 60;
const home = mkdtempSync(join(tmpdir(), 'gossamer-http2-'));
after(() => rmSync(home, { recursive: true }));
// A server may run under another name than ours.
chmodSync(home, 0o755);
const site = join(home, 'site');

function makeSite(): void {
  mkdirSync(site, { recursive: true });
  const links = Array.from({ length: PAGES }, (_, n) => `<a href=/page-${n}.html>${n}</a>`).join('');
  writeFileSync(join(site, 'index.html'), `<!doctype html><title>Root</title>${links}`);
  for (let n = 0; n < PAGES; n += 1) {
    writeFileSync(join(site, `page-${n}.html`), `<!doctype html><title>Page ${n}</title>${'text '.repeat(n * 40)}`);
  }
}

const start = (name: keyof typeof PROGRAMS): Promise<Http2Program> =>
  startProgram(name, join(home, name), site, certificateMaker(home).certificate('127.0.0.1'));

/** The rows of the pages. */
function rowsOf(name: string): UrlRecord[] {
  const lines = readFileSync(join(home, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as UrlRecord).filter(({ url }) => url.includes('page-'));
}

/** The responses of an archive as warcio reads them. */
async function recordsOf(
  job: string,
): Promise<{ url: string; protocol: string | null; status: string; text: string }[]> {
  const records: { url: string; protocol: string | null; status: string; text: string }[] = [];
  for (const file of globSync('archive/*.warc.gz', { cwd: job })) {
    for await (const record of new WARCParser(createReadStream(join(job, file)) as never)) {
      const protocol = record.warcHeader('WARC-Protocol') ?? null;
      if (record.warcType === 'request') {
        const fields = [...(record.httpHeaders?.headers.entries() ?? [])].map(([name]) => name.toLowerCase());
        assert.equal(fields.filter((name) => name === 'host').length, 1);
        assert.ok(!fields.includes('connection') && !fields.some((name) => name.startsWith(':')), fields.join());
      }
      if (record.warcType !== 'response') continue;
      const status = record.httpHeaders?.statusline ?? '';
      records.push({ url: record.warcTargetURI ?? '', protocol, status, text: await record.contentText() });
    }
  }
  return records;
}

function checkRows(name: string): void {
  const rows = rowsOf(name);
  assert.deepEqual(
    rows.map(({ state, status, tries, protocol }) => `${state} ${status} ${tries} ${protocol}`),
    Array(PAGES).fill('done 200 1 h2'),
  );
}

async function checkArchive(job: string): Promise<void> {
  const records = (await recordsOf(job)).filter(({ url }) => url.includes('page-'));
  assert.deepEqual([records.length, new Set(records.map(({ url }) => url)).size], [PAGES, PAGES]);
  for (const { url, protocol, status, text } of records) {
    assert.deepEqual([protocol, status], ['h2', 'HTTP/1.1 200 OK']);
    assert.equal(text, readFileSync(join(site, new URL(url).pathname), 'utf8'));
  }
}

test('crawl over HTTP/2: from nginx, Apache and nghttpd, whole, and archived as messages of HTTP/1.1', {
  skip: NO_OPENSSL,
}, async (t) => {
  makeSite();
  const names = (Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]).filter((name) => {
    const why = programMissing(name);
    if (why !== false) t.diagnostic(why);
    return why === false;
  });
  await using servers = new AsyncDisposableStack();
  const commands: string[][] = [];
  for (const name of names) {
    const { root } = servers.use(await start(name));
    const job = join(home, `${name}-job`);
    commands.push(['crawl', root, '--insecure', '--no-adapt', '-q', '-o', job]);
    commands.push(['export', 'jsonl', job, '-q', '-o', join(home, `${name}.jsonl`)]);
    if (name !== 'nginx') continue;
    commands.push(['fetch', root, '--insecure'], ['fetch', root, '--insecure', '--no-http2', '--json']);
  }
  const { stdout, stderr } = await severally(commands);
  assert.deepEqual(
    stderr.match(/^= .*$/gm),
    commands.map(([name]) => `= ${name} 0`),
    stderr,
  );
  for (const name of names) {
    checkRows(name);
    await checkArchive(join(home, `${name}-job`));
  }
  if (!names.includes('nginx')) return;
  assert.match(stdout, /^HTTP\/1\.1 200 OK {2}https:.*\n {2}from 127\.0\.0\.1 over HTTP\/2, /);
  assert.match(stdout, /"protocol": ?"http\/1\.1"/);
});

test('crawl over HTTP/2: killed and resumed, each page is there once', {
  skip: NO_OPENSSL || programMissing('nginx'),
}, async () => {
  makeSite();
  await using server = await start('nginx');
  const job = join(home, 'killed-job');
  const words = ['crawl', server.root, '--insecure', '--no-adapt', '-q', '-o', job];
  const before = server.log().length;
  const { child, finished } = startGossamer([...words, '--host-concurrency', '2']);
  await until(() => server.log().length > before + 20);
  child.kill('SIGKILL');
  await finished;
  const { stderr } = await severally([
    words,
    ['export', 'jsonl', job, '-q', '-o', join(home, 'killed.jsonl')],
    ['verify', job, '-q'],
  ]);
  assert.deepEqual(stderr.match(/^= .*$/gm), ['= crawl 0', '= export 0', '= verify 0'], stderr);
  checkRows('killed');
  await checkArchive(job);
});
