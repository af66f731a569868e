// Undoes the content codings of a response (RFC 9110, section 8.4): two at most, capped in size and in ratio. The coded bytes
// stay as they are for the archive; only `body` changes.

import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzip,
  gunzipSync,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import type { Layer, Outcome } from '../base/contracts.ts';
import { headerAll } from '../base/headers.ts';
import {
  CONTENT_CODINGS_MAX,
  DECODE_FREE_BYTES,
  DECODE_JOBS_MAX,
  DECODE_RATIO_MAX,
  DECODE_SYNC_BYTES_MAX,
} from '../base/limits.ts';

type Decoded = Pick<Outcome, 'body' | 'detail' | 'truncated'>;

interface Coding {
  readonly now: (bytes: Uint8Array, outputMax: number) => Uint8Array;
  readonly later: (bytes: Uint8Array, outputMax: number) => Promise<Uint8Array>;
  /** Whether the bytes can be of this coding at all. */
  readonly begins: (bytes: Uint8Array) => boolean;
}

// With these flush values a truncated stream gives what it has instead of an error.
const zlibOptions = (maxOutputLength: number) => ({ maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
const brotliOptions = (maxOutputLength: number) => ({ maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH });
const zstdOptions = (maxOutputLength: number) => ({ maxOutputLength, finishFlush: constants.ZSTD_e_flush });
const anything = (): boolean => true;
const isZlib = (bytes: Uint8Array): boolean => (bytes[0]! & 0x0f) === 8 && (bytes[0]! * 256 + bytes[1]!) % 31 === 0;

const GZIP: Coding = {
  now: (bytes, most) => gunzipSync(bytes, zlibOptions(most)),
  later: (bytes, most) => promisify<Uint8Array, object, Uint8Array>(gunzip)(bytes, zlibOptions(most)),
  begins: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b,
};
// "deflate" means zlib; half of the servers that use it send raw deflate instead.
const DEFLATE: Coding = {
  now: (bytes, most) => (isZlib(bytes) ? inflateSync : inflateRawSync)(bytes, zlibOptions(most)),
  later: (bytes, most) =>
    promisify<Uint8Array, object, Uint8Array>(isZlib(bytes) ? inflate : inflateRaw)(bytes, zlibOptions(most)),
  begins: anything,
};
const BROTLI: Coding = {
  now: (bytes, most) => brotliDecompressSync(bytes, brotliOptions(most)),
  later: (bytes, most) => promisify<Uint8Array, object, Uint8Array>(brotliDecompress)(bytes, brotliOptions(most)),
  begins: anything,
};
const ZSTD: Coding = {
  now: (bytes, most) => zstdDecompressSync(bytes, zstdOptions(most)),
  later: (bytes, most) => promisify<Uint8Array, object, Uint8Array>(zstdDecompress)(bytes, zstdOptions(most)),
  begins: (bytes) => bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd,
};
const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: GZIP,
  'x-gzip': GZIP,
  deflate: DEFLATE,
  br: BROTLI,
  zstd: ZSTD,
};
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

export function decode(bodyBytesMax: number): Layer {
  const turns = limitedTurns(DECODE_JOBS_MAX);
  return (next) => async (request, signal) => {
    const outcome = await next(request, signal);
    if (outcome.rawBody.length === 0) return outcome;
    const values = headerAll(outcome.headers, 'content-encoding');
    if (values.length === 0) return outcome;
    const codings = values
      .join(',')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '' && name !== 'identity');
    return codings.length === 0 ? outcome : { ...outcome, ...(await decoded(outcome, codings, bodyBytesMax, turns)) };
  };
}

async function decoded(
  outcome: Outcome,
  names: readonly string[],
  bodyBytesMax: number,
  turns: Turns,
): Promise<Decoded> {
  const { detail, truncated } = outcome;
  const unread = (why: string): Decoded => ({ body: new Uint8Array(0), detail: why, truncated });
  if (names.length > CONTENT_CODINGS_MAX) return unread(`${names.length} content codings`);
  let bytes = outcome.rawBody;
  let result: Decoded = { body: bytes, detail, truncated };
  for (const name of names.toReversed()) {
    const coding = CODINGS[name];
    if (coding === undefined) return unread(`content coding ${name.slice(0, 40)} is not known`);
    if (!coding.begins(bytes)) return { ...result, body: bytes, detail: `declared ${name}, is not` };
    const outputMax = Math.min(bodyBytesMax, Math.max(DECODE_FREE_BYTES, bytes.length * DECODE_RATIO_MAX));
    result = await undo(coding, name, bytes, outputMax, result, turns);
    bytes = result.body;
  }
  return result;
}

async function undo(
  coding: Coding,
  name: string,
  bytes: Uint8Array,
  outputMax: number,
  before: Decoded,
  turns: Turns,
): Promise<Decoded> {
  try {
    const isSmall = bytes.length <= DECODE_SYNC_BYTES_MAX;
    const body = isSmall ? coding.now(bytes, outputMax) : await turns(() => coding.later(bytes, outputMax));
    return { ...before, body };
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    const prefix = await longestPrefix(coding, bytes, outputMax);
    if (code === 'ERR_BUFFER_TOO_LARGE')
      return { body: prefix, detail: `${name} body cut at ${outputMax} bytes`, truncated: 'length' };
    return { ...before, body: prefix, detail: `${name} body is damaged: ${code}` };
  }
}

// A damaged or huge body still has a beginning: streamed, so that what was decoded before the fault is kept.
async function longestPrefix(coding: Coding, bytes: Uint8Array, outputMax: number): Promise<Uint8Array> {
  const stream = streamOf(coding);
  const chunks: Uint8Array[] = [];
  let length = 0;
  stream.end(bytes);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const fits = chunk.subarray(0, outputMax - length);
      chunks.push(fits);
      length += fits.length;
      if (length >= outputMax) break;
    }
  } catch {
    // The fault itself was told already.
  }
  stream.destroy();
  return Buffer.concat(chunks);
}

function streamOf(coding: Coding): Transform {
  if (coding === GZIP) return createGunzip();
  if (coding === BROTLI) return createBrotliDecompress();
  return coding === ZSTD ? createZstdDecompress() : createInflate();
}

/** Runs jobs, so many at a time; the others wait their turn. zlib's threads are the ones that look names up, too. */
type Turns = <T>(job: () => Promise<T>) => Promise<T>;

function limitedTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
