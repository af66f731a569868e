// The archive on a real S3 that knows nothing of this program: OpenStack Swift.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { s3Access } from '../../src/archive/depot/s3-access.ts';
import { createS3Client } from '../../src/archive/depot/s3-client.ts';
import { textsOf } from '../../src/archive/depot/s3-upload.ts';
import { systemClock } from '../../src/base/clock.ts';
import { gossamer, severally, startGossamer } from '../helpers/gossamer.ts';
import { makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';
import { smallLimits } from '../helpers/small-limits.ts';
import { NO_SWIFT, startSwift } from '../helpers/swift.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-on-swift-'));
after(() => rmSync(home, { recursive: true }));

const PAGES = 250;
/** Names that have to be escaped. */
const PREFIX = 'a+b/ü(1)';

test('--archive: on Swift, with a kill in the middle, in parts and whole', { skip: NO_SWIFT }, async () => {
  await using swift = await startSwift();
  await using site = await serveSite(pagesAnswer(makeLinks(5, PAGES, 8)));
  const place = { bucket: 'archives', prefix: '' };
  const client = createS3Client(
    's3://archives',
    place,
    s3Access('s3://archives', 'archives', swift.environment),
    systemClock,
  );
  assert.equal((await client.send({ method: 'PUT', key: '' })).status, 200);
  // Files of 256 KB have several parts.
  const environment = { ...swift.environment, ...smallLimits({ UPLOAD_PART_BYTES: '100_000' }) };
  const job = join(home, 'job');
  const command = [
    'crawl',
    site.root,
    '-o',
    job,
    '--no-adapt',
    '--archive',
    `s3://archives/${PREFIX}`,
    '--archive-spool',
    '1MB',
  ];
  const run = startGossamer(command, environment);
  site.onRequest = (_, count) => {
    if (count === PAGES - 20) run.child.kill('SIGKILL');
  };
  assert.equal((await run.finished).signal, 'SIGKILL');
  site.onRequest = () => {};
  const again = await gossamer(command, environment);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(readdirSync(join(job, 'archive')), []);
  const views = [
    ['verify', job],
    ['export', 'wacz', job, '-q', '-o', join(home, 'job.wacz')],
    ['remove', `${site.root}p/5/page-5.html`, job],
    ['verify', job],
  ];
  const { stderr, stdout } = await severally(views, environment);
  assert.deepEqual(
    [...stderr.matchAll(/^= (\S+) (\d+)$/gm)].map(([, name, code]) => `${name} ${code}`),
    views.map(([name]) => `${name} 0`),
    stderr + stdout,
  );
  assert.match(
    stdout,
    new RegExp(`${PAGES}, ${PAGES} with their record[\\s\\S]*${PAGES}, ${PAGES - 1} with their record`),
  );

  const listed = await client.send({ method: 'GET', key: '', query: { prefix: PREFIX } });
  const keys = textsOf(listed.body.toString(), 'Key');
  assert.ok(keys.length > 1 && keys.every((key) => key.startsWith(`${PREFIX}/job-`)), keys.join());
  const uploads = await client.send({ method: 'GET', key: '', query: { uploads: '' } });
  assert.deepEqual(textsOf(uploads.body.toString(), 'Upload'), []);

  const wrong = ['crawl', site.root, '-o', join(home, 'other'), '--archive', 's3://archives'];
  const answer = await gossamer(wrong, { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong' });
  assert.deepEqual([answer.code, /the access key or the secret key is wrong/.test(answer.stderr)], [2, true]);
  const { code, stderr: said } = await gossamer(
    ['crawl', site.root, '-o', join(home, 'none'), '--archive', 's3://no-bucket'],
    environment,
  );
  assert.deepEqual([code, /there is no such bucket/.test(said)], [2, true], said);
});
