// Everything that a server sent is stored unchanged: any head, any body, any compression, in memory or in a file. It is
// read back by our reader and by one that is not ours.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WARCParser } from 'warcio';
import { fc } from '../../test/helpers/properties.ts';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { HOSTS, type Host, makeArchive } from '../../test/helpers/warc-archive.ts';
import type { ArchivePlace, Outcome } from '../base/contracts.ts';
import { COMPRESS_SYNC_BYTES_MAX, REVISIT_BYTES_MIN, STORED_BYTES_MAX } from '../base/limits.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import type { Compression } from './compress.ts';
import { readHead } from './http-head.ts';
import { openPart } from './spool.ts';
import { readRecord, readWarc, type WarcRecord } from './warc-reader.ts';

const SEED = runSeed('warc round trip');
const RUNS = 25;
/** Each run on another host starts a thread. */
const RUNS_WITH_THREAD = 5;

const home = mkdtempSync(join(tmpdir(), 'gossamer-round-trip-'));
after(() => rmSync(home, { recursive: true }));
let folders = 0;

interface Exchange {
  readonly path: string;
  readonly head: string;
  readonly recipe: Recipe;
  readonly isSpooled: boolean;
  readonly truncated: Outcome['truncated'];
}

// Lengths around each limit at which the code takes another path.
const LENGTHS = [0, 1, 2, REVISIT_BYTES_MIN, STORED_BYTES_MAX, COMPRESS_SYNC_BYTES_MAX].flatMap((length) => [
  Math.max(0, length - 1),
  length,
  length + 1,
]);
const length = fc.oneof(fc.constantFrom(...LENGTHS), fc.integer({ min: 0, max: 3 * COMPRESS_SYNC_BYTES_MAX }));

/** Bytes that a reader may mistake for an end or for the beginning of a member. */
const TRAPS = ['\r\n\r\n', '\n\n', 'WARC/1.1\r\n', '\x1f\x8b\b\0', '\x28\xb5\x2f\xfd', '\0', 'HTTP/1.1 200 OK\r\n\r\n'];

/** How to make a body. A failing case prints this and not the whole body. */
interface Recipe {
  readonly bytes: number;
  readonly kind: 'even' | 'noise' | 'traps';
  readonly seed: number;
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  bytes: length,
  kind: fc.constantFrom('even' as const, 'noise' as const, 'traps' as const),
  seed: fc.integer({ min: 0, max: 3 }),
});

function bodyOf({ recipe: { bytes, kind, seed } }: Exchange): Buffer {
  const random = seededRandom(seed);
  const made = Buffer.alloc(bytes, kind === 'even' ? 'the same ' : 0);
  if (kind === 'noise') for (let at = 0; at < bytes; at += 1) made[at] = random() * 256;
  for (let at = 0; kind === 'traps' && at < bytes; ) {
    at += made.write(TRAPS[Math.floor(random() * TRAPS.length)]!, at, 'latin1') || 1;
  }
  return made;
}

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/);
/** Any field value that RFC 9110, section 5.5, allows, including bytes above ASCII. */
const value = fc.stringMatching(/^(?:[!-~\u0080-\u00ff](?:[ \t!-~\u0080-\u00ff]{0,40}[!-~\u0080-\u00ff])?)?$/);
const framing = fc.constantFrom(
  '',
  'Transfer-Encoding: chunked',
  'transfer-encoding :gzip, chunked',
  'content-length: 7',
);
const head = fc
  .tuple(fc.integer({ min: 200, max: 599 }), value, fc.array(fc.tuple(token, value), { maxLength: 8 }), framing)
  .map(([status, reason, fields, frame]) => {
    // The other reader believes that a head without fields has no end.
    const lines = ['Server: any', ...fields.map(([name, each]) => `${name}: ${each}`)];
    if (frame !== '') lines.splice(lines.length >> 1, 0, frame);
    return `${[`HTTP/1.1 ${status} ${reason}`, ...lines].join('\r\n')}\r\n\r\n`;
  });

const exchange: fc.Arbitrary<Exchange> = fc.record({
  path: fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).pathname + new URL(url).search),
  head,
  recipe,
  isSpooled: fc.boolean(),
  truncated: fc.constantFrom(null, null, 'time' as const, 'disconnect' as const),
});

function outcomeOf(exchange: Exchange, folder: string): Outcome {
  const { path, head: responseHead, isSpooled, truncated } = exchange;
  const bytes = bodyOf(exchange);
  const blank = blankOutcome(`http://a.test${path}`, 1_700_000_000_123);
  const answer = { ...blank, status: 200, requestHead: `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`, responseHead };
  const error = truncated === 'disconnect' ? 'disconnect' : null;
  if (!isSpooled) return { ...answer, truncated, error, rawBody: bytes };
  const part = openPart(folder);
  for (let at = 0; at < bytes.length; at += 10_000) part.write(bytes.subarray(at, at + 10_000));
  return { ...answer, truncated, error, spooled: part.end() };
}

interface Archived {
  readonly folder: string;
  /** The exchanges, in the order in which their appends resolved. */
  readonly kept: readonly { readonly exchange: Exchange; readonly place: ArchivePlace }[];
}

async function archived(
  exchanges: readonly Exchange[],
  host: Host,
  compression: Compression,
  fileBytesMax: number,
): Promise<Archived> {
  folders += 1;
  const folder = join(home, String(folders));
  const archive = makeArchive(host, { folder, compression, bodyBytesMax: 1e9, fileBytesMax });
  const kept: Archived['kept'][number][] = [];
  const append = async (exchange: Exchange): Promise<void> => {
    const place = await archive.append(outcomeOf(exchange, folder), null);
    kept.push({ exchange, place: place! });
  };
  await Promise.all(exchanges.map(append));
  await archive.close();
  return { folder, kept };
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * The expected stored head. Fields of a removed framing are renamed, and Content-Length gives the length of the stored
 * body.
 */
function keptHead({ head: came, recipe: { bytes } }: Exchange): {
  readonly status: number;
  readonly headers: string[];
} {
  const { status, headers } = readHead(Buffer.from(came, 'latin1'));
  if (!/^transfer-encoding/im.test(came)) return { status, headers: [...headers] };
  const isFrame = (name: string): boolean => /^(?:transfer-encoding|content-length)$/i.test(name);
  const renamed = headers.map((text, at) => (at % 2 === 0 && isFrame(text) ? `X-Orig-${text}` : text));
  return { status, headers: [...renamed, 'Content-Length', String(bytes)] };
}

/** Checks that a record holds the whole exchange with its body, or refers to an earlier record that holds the body. */
function checkRecord(record: WarcRecord, each: Exchange, firsts: Map<string, string>): void {
  const { fields, block } = record;
  const body = bodyOf(each);
  const kept = readHead(block);
  const digest = fields.get('warc-payload-digest')!;
  const isRevisit = fields.get('warc-type') === 'revisit';
  assert.equal(fields.get('warc-target-uri'), `http://a.test${each.path}`);
  assert.equal(fields.get('warc-date'), '2023-11-14T22:13:20.123Z');
  assert.equal(fields.get('warc-block-digest'), sha256(block));
  assert.equal(digest, sha256(body));
  assert.deepEqual({ status: kept.status, headers: kept.headers }, keptHead(each));
  assert.equal(fields.get('warc-truncated'), isRevisit ? undefined : (each.truncated ?? undefined));
  if (isRevisit) assert.equal(fields.get('warc-refers-to'), firsts.get(digest));
  else assert.ok(block.subarray(kept.end).equals(body), 'the body as it came');
  const isFirst = body.length >= REVISIT_BYTES_MIN && each.truncated === null && !firsts.has(digest);
  assert.equal(isRevisit, body.length >= REVISIT_BYTES_MIN && each.truncated === null && !isFirst);
  if (isFirst) firsts.set(digest, fields.get('warc-record-id')!);
}

function told({ fields }: WarcRecord): string {
  const isRevisit = fields.get('warc-type') === 'revisit';
  return `${fields.get('warc-target-uri')} ${isRevisit ? 'revisit' : fields.get('warc-payload-digest')}`;
}

/** What another reader reports about the files, in order. */
async function readByOthers(folder: string, files: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  for (const file of files) {
    const bytes: AsyncIterable<Uint8Array> = createReadStream(join(folder, file));
    for await (const record of new WARCParser(bytes)) {
      const payload = await record.readFully(false);
      if (record.warcType !== 'response' && record.warcType !== 'revisit') continue;
      seen.push(`${record.warcTargetURI} ${record.warcType === 'response' ? sha256(payload) : 'revisit'}`);
    }
  }
  return seen;
}

const WAYS = HOSTS.flatMap((host) => (['gzip', 'zstd', 'none'] as const).map((compression) => ({ host, compression })));

for (const { host, compression } of WAYS) {
  test(`createWarcArchive: ${host}, ${compression}: any exchange is read back as it came`, async () => {
    const exchanges = fc.array(exchange, { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(exchanges, fc.constantFrom(1e9, 20_000), async (all, fileBytesMax) => {
      const { folder, kept } = await archived(all, host, compression, fileBytesMax);
      const firsts = new Map<string, string>();
      for (const { exchange: each, place } of kept) {
        checkRecord(readRecord(join(folder, place.file), place.offset, place.length), each, firsts);
      }
      const files = [...new Set(kept.map(({ place }) => place.file))];
      const found = (await Promise.all(files.map((file) => Array.fromAsync(readWarc(join(folder, file)))))).flat();
      assert.ok(!found.some((each) => 'damage' in each));
      const responses = (found as WarcRecord[]).filter(({ fields }) => !/info|request/.test(fields.get('warc-type')!));
      // Rows are committed as appends resolve, and recovery cuts what follows the last row. So both orders must be the
      // same.
      assert.deepEqual(
        kept.map(({ place }) => [place.offset, place.length]),
        responses.map(({ offset, length: bytes }) => [offset, bytes]),
      );
      // The other reader cannot read zstd.
      if (compression !== 'zstd') assert.deepEqual(await readByOthers(folder, files), responses.map(told));
      rmSync(folder, { recursive: true });
    });
    await fc.assert(property, { numRuns: host === 'loop' ? RUNS : RUNS_WITH_THREAD, seed: SEED });
  });
}
