import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type S3Deed, type S3Fault, type S3Server, serveS3 } from '../../../test/helpers/s3-server.ts';
import { systemClock } from '../../base/clock.ts';
import { AT_ONCE, type Depot, type Upload } from './depot.ts';
import { openDepot } from './open-depot.ts';
import { s3Depot } from './s3-depot.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-s3-'));
after(() => rmSync(folder, { recursive: true }));

const SHORT = Buffer.from('a short file');
const PART_BYTES = 1_000_000;
const LONG = randomBytes(2 * PART_BYTES + 300_000);
const SMALL = { partBytesMin: PART_BYTES };
let files = 0;

/** Pauses are as short as they can be. */
const clock = { ...systemClock, after: (_: number, callback: () => void) => systemClock.after(0, callback) };

/** A depot whose parts are small. */
function depotOn(s3: S3Server, changed: object = {}): Depot {
  const place = { bucket: s3.bucket, prefix: 'a/b c/' };
  return s3Depot(`s3://${s3.bucket}/a/b c`, place, { ...s3.environment, ...changed }, clock, PART_BYTES);
}

function fileOf(bytes: Buffer, name = 'x.warc.gz'): { name: string; path: string } {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, bytes);
  return { name, path };
}

/** Fails the first request of each of these kinds. */
function failOnce(faults: Partial<Record<S3Deed, S3Fault>>): S3Server['fault'] {
  const left = new Map(Object.entries(faults));
  return ({ deed }) => {
    const fault = left.get(deed) ?? null;
    left.delete(deed);
    return fault;
  };
}

async function bytesIn(depot: Depot, name = 'x.warc.gz'): Promise<Buffer> {
  const file = await depot.open(name);
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.bytes; at += 300_000) pieces.push(await file.read(at, 300_000));
  return Buffer.concat(pieces);
}

test('s3Depot: what was put is read back, whole and in pieces, short and in parts', async () => {
  for (const settings of [{}, { isOld: true }, { sessionToken: 'tok/en+1=' }]) {
    await using s3 = await serveS3({ ...SMALL, ...settings });
    const depot = depotOn(s3);
    await depot.check();
    assert.deepEqual([s3.objects.size, s3.uploads.size], [0, 0], 'the check leaves nothing');
    await assert.rejects(depot.open('x.warc.gz'), { code: 'ENOENT' });
    for (const bytes of [SHORT, LONG]) {
      const file = fileOf(bytes, `${bytes.length}.warc`);
      await depot.put(file, AT_ONCE);
      assert.deepEqual(await bytesIn(depot, file.name), bytes);
      const { log } = s3;
      log.length = 0;
      await depot.put(file, AT_ONCE);
      assert.deepEqual(log, [`GET a/b c/${file.name}`], 'what is there is not put again');
      const { tag, ...there } = await depot.open(file.name);
      assert.deepEqual(await there.read(bytes.length - 5, 100), bytes.subarray(-5));
      // Another file takes its place only if it is the one that was opened.
      const other = fileOf(Buffer.concat([bytes, Buffer.from('!')]), file.name);
      await assert.rejects(depot.put(other, AT_ONCE), /is there already and is another file/);
      await assert.rejects(depot.replace(other, '"another"'), /is another file/);
      await depot.replace(other, tag);
      assert.deepEqual(await bytesIn(depot, file.name), readFileSync(other.path));
    }
    assert.equal(s3.uploads.size, 0);
  }
});

test('s3Depot: a file that is read onward takes few requests, and a single record one', async () => {
  await using s3 = await serveS3(SMALL);
  const depot = depotOn(s3);
  await depot.put(fileOf(LONG), AT_ONCE);
  const { log } = s3;
  log.length = 0;
  const file = await depot.open('x.warc.gz');
  assert.deepEqual(await file.read(1_000_000, 700), LONG.subarray(1_000_000, 1_000_700));
  assert.equal(log.length, 2);
  log.length = 0;
  for (let at = 0; at < LONG.length; at += 6_000) {
    assert.deepEqual(await file.read(at, 256 * 1024), LONG.subarray(at, at + 256 * 1024));
  }
  assert.ok(log.length < 10, `${log.length} requests`);
});

test('s3Depot: refusals, cut connections and lost answers cost nothing', async () => {
  const slow = { status: 503, code: 'SlowDown' };
  const cases: [string, Buffer, Partial<Record<S3Deed, S3Fault>>][] = [
    ['the bucket is asked to slow down', SHORT, { GET: slow, PUT: slow }],
    ['a connection is refused', SHORT, { GET: 'refuse', PUT: 'refuse' }],
    ['the answer to a put is lost', SHORT, { PUT: 'lose' }],
    ['a part is cut', LONG, { part: 'cut', begin: { status: 500, code: 'InternalError' } }],
    ['the answer to a part is lost', LONG, { part: 'lose', uploads: slow }],
    ['the answer to the beginning is lost', LONG, { begin: 'lose' }],
    ['the answer to the end is lost', LONG, { complete: 'lose' }],
    ['the end fails', LONG, { complete: { status: 500, code: 'InternalError' } }],
    ['somebody aborted the upload', LONG, { complete: { status: 404, code: 'NoSuchUpload' } }],
    ['another writer was at it', LONG, { complete: { status: 409, code: 'ConditionalRequestConflict' } }],
  ];
  for (const [what, bytes, faults] of cases) {
    await using s3 = await serveS3(SMALL);
    const depot = depotOn(s3);
    s3.fault = failOnce(faults);
    await depot.put(fileOf(bytes), AT_ONCE);
    s3.fault = failOnce({ GET: 'lose' });
    assert.deepEqual(await bytesIn(depot), bytes, what);
    // One upload was begun whose name never came.
    assert.ok(s3.uploads.size <= ('begin' in faults || 'complete' in faults ? 1 : 0), what);
  }
});

test('s3Depot: an upload goes on where a killed process left it; what it does not know is aborted', async () => {
  await using s3 = await serveS3(SMALL);
  const depot = depotOn(s3);
  const stop = new AbortController();
  let begun = '';
  const upload = (known: string, signal = AT_ONCE.signal): Upload => ({
    begun: known,
    signal,
    note: async (name) => {
      begun = name;
    },
  });
  const file = fileOf(LONG);
  s3.fault = ({ deed, query }) => {
    if (deed === 'part' && query.get('partNumber') === '3') stop.abort();
    return null;
  };
  await assert.rejects(depot.put(file, upload('', stop.signal)), { name: 'AbortError' });
  assert.equal(s3.uploads.get(begun)?.key, 'a/b c/x.warc.gz');
  const there = s3.uploads.get(begun)!.parts.size;
  assert.ok(there > 0);
  s3.fault = () => null;
  s3.log.length = 0;
  await depot.put(file, upload(begun));
  assert.equal(s3.log.filter((line) => line.startsWith('part ')).length, 3 - there);
  assert.deepEqual(await bytesIn(depot), LONG);

  // Of another process that died before it could note the name.
  s3.objects.clear();
  s3.uploads.set('lost', { key: 'a/b c/x.warc.gz', meta: {}, parts: new Map() });
  s3.uploads.set('other', { key: 'a/b c/x.warc.gz.other', meta: {}, parts: new Map() });
  await depot.put(file, upload('gone'));
  assert.deepEqual([...s3.uploads.keys()], ['other']);
  assert.deepEqual(await bytesIn(depot), LONG);
});

test('s3Depot: of two that put different files under one name at a time one is refused', async () => {
  for (const bytes of [SHORT, LONG]) {
    await using s3 = await serveS3(SMALL);
    const others = Buffer.from(bytes).fill('x', 0, 9);
    const depots = [depotOn(s3), depotOn(s3)];
    const puts = [bytes, others].map((each, at) => depots[at]!.put(fileOf(each), AT_ONCE));
    const ends = await Promise.allSettled(puts);
    assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const winner = ends[0]!.status === 'fulfilled' ? bytes : others;
    assert.deepEqual(await bytesIn(depots[0]!), winner);
  }
});

test('s3Depot: what is wrong is told in one sentence, without secrets', async () => {
  await using s3 = await serveS3({ ...SMALL, sessionToken: 'token' });
  const { AWS_SECRET_ACCESS_KEY: secret } = s3.environment;
  const table: [changed: object, name: string, said: RegExp][] = [
    [{ AWS_SECRET_ACCESS_KEY: 'wrong' }, 'UsageError', /the access key or the secret key is wrong/],
    [{ AWS_ACCESS_KEY_ID: 'wrong' }, 'UsageError', /the access key is not known/],
    [{ AWS_SESSION_TOKEN: 'wrong' }, 'UsageError', /the session token is wrong/],
    [{ AWS_REGION: 'us-east-1' }, 'UsageError', /in another region/],
    [{ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, 'ArchiveAway', /127.0.0.1:1 cannot be reached/],
  ];
  for (const [changed, name, said] of table) {
    const depot = depotOn(s3, changed);
    await assert.rejects(depot.check(), (error: Error) => {
      assert.equal(error.name, name);
      assert.match(error.message, said);
      assert.ok(!JSON.stringify([error.message, error.stack]).includes(secret!));
      return true;
    });
  }
  const elsewhere = openDepot('s3://no-such-bucket', s3.environment, clock);
  await assert.rejects(elsewhere.check(), /there is no such bucket/);
  await assert.rejects(elsewhere.open('x'), { name: 'ArchiveAway' });
  s3.fault = ({ deed }) => (deed === 'begin' ? { status: 403, code: 'AccessDenied' } : null);
  await assert.rejects(depotOn(s3).check(), /access is denied/);
  const unset: [changed: object, said: RegExp][] = [
    [{ AWS_ACCESS_KEY_ID: '' }, /needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
    [{ AWS_SECRET_ACCESS_KEY: undefined }, /needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
    [{ AWS_ENDPOINT_URL: `http://name:${secret}@127.0.0.1/` }, /AWS_ENDPOINT_URL is not an http or https URL/],
    [{ AWS_ENDPOINT_URL_S3: 'not a url' }, /AWS_ENDPOINT_URL_S3 is not/],
    [{ AWS_REGION: 'a b', AWS_ENDPOINT_URL: '' }, /AWS_REGION/],
  ];
  for (const [changed, said] of unset) {
    const open = (): Depot => depotOn(s3, changed);
    assert.throws(open, (error: Error) => {
      assert.equal(error.name, 'UsageError');
      assert.match(error.message, said);
      assert.ok(!error.message.includes(secret!));
      return true;
    });
  }
});
