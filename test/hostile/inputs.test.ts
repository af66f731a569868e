// The hostile inputs, each met by the real command as a user types it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { INDEX_FILE } from '../../src/store/location.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { inOwnNetwork, NO_OWN_NETWORK } from '../helpers/own-network.ts';
import { halfHostile } from './half-hostile.ts';
import type { Group } from './hostile-input.ts';
import type { TlsOf } from './hostile-site.ts';
import { HOSTILE_INPUTS } from './inputs/all.ts';
import { documentedTable, inputsTable } from './inputs-table.ts';
import { type Ran, runInputs } from './run-inputs.ts';
import { watchedIn, watching } from './watched-run.ts';

const MB = 1024 * 1024;
/** A thread that runs from source loads what strips the types of its files a second time. */
const THREAD_BYTES = (process.env['NODE_OPTIONS'] ?? '').includes('archive-in-thread') ? 64 * MB : 0;
const PEAK_BYTES_MAX = 300 * MB + THREAD_BYTES;
const STALL_MS_MAX = 50;
const home = mkdtempSync(join(tmpdir(), 'gossamer-inputs-'));
after(() => rmSync(home, { recursive: true }));

/** All for `localhost` but one; the command trusts `issuer.test`. */
function makeCertificates(): TlsOf {
  const { certificate, issued } = certificateMaker(home);
  certificate('issuer.test');
  certificate('stranger.test');
  const names = Array.from({ length: 10_000 }, (_, at) => `n${at}.test`);
  const made = {
    good: issued('localhost', -1, 1),
    expired: issued('localhost', -2, -1),
    'not-yet-valid': issued('localhost', 1, 2),
    'wrong-host': issued('other.test', -1, 1),
    'self-signed': certificate('localhost'),
    'unknown-issuer': issued('localhost', -1, 1, 'stranger.test'),
    'many-names': issued('localhost', -1, 1, 'issuer.test', [...names, 'localhost']),
  };
  return (kind) => made[kind];
}

const inputsOf = (group: Group) =>
  HOSTILE_INPUTS.filter((input) => input.group === group && (input.tls === undefined || !NO_OPENSSL));
const tlsOf = NO_OPENSSL ? () => ({}) : makeCertificates();
const env = { NODE_EXTRA_CA_CERTS: join(home, 'issuer.test.pem') };

/**
 * A second time where a bound was exceeded: what the machine does besides, and when garbage is collected, does not come
 * again in the same place.
 */
async function assertRuns(run: (job: string) => Promise<Ran>, name: string): Promise<void> {
  const first = await run(join(home, name));
  const isOver = first.stallMs > STALL_MS_MAX || first.peakBytes > PEAK_BYTES_MAX;
  assertRan(isOver && first.findings.length === 0 ? await run(join(home, `${name} again`)) : first);
}

function assertRan({ findings, peakBytes, stallMs }: Ran): void {
  assert.deepEqual(findings, []);
  assert.ok(peakBytes <= PEAK_BYTES_MAX, `${Math.round(peakBytes / MB)} MB`);
  assert.ok(stallMs <= STALL_MS_MAX, `${stallMs} ms`);
}

const onLinux = { skip: platform() !== 'linux' && 'the peak is read from /proc' };

for (const [group, what] of [
  ['host', 'with the defaults'],
  ['any', 'when every link is followed'],
  ['secure', 'when every link of a secure site is followed'],
  ['held', 'of hosts that are waited for'],
  ['pieces', 'of very small pieces'],
] as const) {
  test(`crawl: the hostile inputs ${what}`, onLinux, async () => {
    await assertRuns((job) => runInputs(inputsOf(group), job, tlsOf, env), group);
  });
}

/** A command on the job that the first test made. */
async function runOnJob(words: readonly string[], output: string): Promise<Ran> {
  const run = await gossamer(words, watching(output));
  const findings = run.code === 0 ? [] : [`exit code ${run.code}: ${run.stderr}`];
  return { findings, elapsedMs: 0, ...watchedIn(output) };
}

for (const format of ['wacz', 'jsonl', 'csv', 'sitemap', 'markdown', 'mirror', 'parquet']) {
  test(`export ${format}: of a job of hostile pages`, onLinux, async () => {
    const job = join(home, 'host');
    await assertRuns((output) => runOnJob(['export', format, job, '-o', output], output), format);
  });
}

test('index: of a job of hostile pages', onLinux, async () => {
  const job = join(home, 'host');
  await assertRuns(async (output) => {
    rmSync(join(job, INDEX_FILE), { force: true });
    return runOnJob(['index', job], output);
  }, 'index');
});

test('crawl: of sites of which every second answer is hostile all good pages are had', onLinux, async () => {
  await assertRuns((job) => runInputs(halfHostile(6, 8, true), job, tlsOf), 'half');
});

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** `many.test` has 10,000 addresses of loopback, and `private.test` one that is no root's. */
const NAMES_RUN = `
  import { execFileSync } from 'node:child_process';
  import { existsSync, writeFileSync } from 'node:fs';
  import { NAMES } from ${url('./inputs/names.ts')};
  import { serveNames } from ${url('./name-server.ts')};
  import { runInputs } from ${url('./run-inputs.ts')};
  const many = Array.from({ length: 10_000 }, (_, at) => '127.0.' + (at >> 8) + '.' + ((at & 255) || 1) + ' many.test');
  writeFileSync(hostsFile, ['127.0.0.1 localhost', '127.9.9.9 private.test', ...many].join('\\n'));
  writeFileSync(home + '/resolv.conf', 'nameserver 127.0.0.1\\n');
  if (existsSync('/etc/resolv.conf')) execFileSync('mount', ['--bind', home + '/resolv.conf', '/etc/resolv.conf']);
  const names = await serveNames();
  const ran = await runInputs(NAMES, home + '/job', () => ({}));
  await names[Symbol.asyncDispose]();
  process.stdout.write(JSON.stringify(ran));
`;

test('crawl: the hostile inputs of names', { skip: NO_OWN_NETWORK }, () => {
  assertRan(inOwnNetwork<Ran>(NAMES_RUN));
});

test('docs/reliability.md: has the table of the inputs as they are', () => {
  assert.equal(documentedTable(), inputsTable(HOSTILE_INPUTS), 'npm run hostile -- --write mends it');
});
