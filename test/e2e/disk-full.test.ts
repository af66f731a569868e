// A disk that is full while the archive is written: the crawl says so and waits, and goes on when there is room.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { type Site, serveSite } from '../helpers/site.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../helpers/small-disk.ts';

const NOISE_BYTES = 50_000;

/** Forty pages of what cannot be compressed. */
function serveNoise(): Promise<Site> {
  const random = seededRandom(runSeed('disk'));
  const noise = Buffer.from(Array.from({ length: NOISE_BYTES }, () => 33 + random() * 90));
  return serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    const links = Array.from({ length: 40 }, (_, page) => `<a href="/${page}">x</a>`).join('');
    response.end(path === '/' ? links : Buffer.concat([Buffer.from(path), noise]));
  });
}

/** What of the job's folder is on the small disk: the archive only, or the store, its log and all the rest too. */
for (const small of ['archive', '.']) {
  test(`crawl: where the disk of ${small} is full it says what it waits for, and with room again nothing is lost`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'gossamer-disk-'));
    const job = join(folder, 'job');
    context.after(() => rmSync(folder, { recursive: true }));
    using disk = mountSmallDisk(join(job, small), '512k');
    if (disk === null) return context.skip(NO_SMALL_DISK);
    await using site = await serveNoise();
    const { child, finished } = startGossamer(['crawl', site.root, '-o', job]);
    const said = Promise.withResolvers<void>();
    child.stderr!.on('data', (text: Buffer) => text.includes('waits for room on the disk') && said.resolve());
    await Promise.race([said.promise, finished]);
    disk.remount('size=50m');
    const { code, stdout, stderr } = await finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /waits for room on the disk until .*the (archive|job's database) could not be written/);
    assert.match(stdout, /^ +done +41$/m);
    const verified = await gossamer(['verify', job]);
    assert.equal(verified.code, 0, verified.stdout);
  });
}
