// Sends requests to a bucket of S3 and gives their answers. What may pass is tried again; the rest is the caller's to
// judge. Nothing secret gets into an error: of an answer only its status and the code of its error are told.

import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { S3_ANSWER_BYTES_MAX, S3_PAUSE_MS, S3_SILENCE_MS_MAX, S3_TRIES_MAX } from '../../base/limits.ts';
import { ArchiveAway } from '../../base/machine.ts';
import { onDemand } from '../../base/on-demand.ts';
import type { S3Access, S3Place } from './s3-access.ts';
import { escaped, queryText, signed } from './signature.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');
const http = onDemand<typeof import('node:http')>('node:http');
const https = onDemand<typeof import('node:https')>('node:https');

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** The key of an object; empty for the bucket. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Their names are in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
  /** The longest body of the answer. */
  readonly bytesMax?: number;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The code of the error; empty if there is none. */
  readonly code: string;
}

export interface S3Client {
  /**
   * Rejects with ArchiveAway if no answer comes, or only such as tell to come again later. Any other answer is given to
   * the caller.
   */
  send(request: S3Request): Promise<S3Answer>;
  /** Host and port of the server. */
  readonly host: string;
}

const NOTHING = Buffer.alloc(0);
const COME_AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const AGAIN_CODES: ReadonlySet<string> = new Set(['RequestTimeout', 'SlowDown', 'OperationAborted', 'InternalError']);

export function createS3Client(place: string, { bucket }: S3Place, access: S3Access, clock: Clock): S3Client {
  const { endpoint, region, credentials, isPathStyle } = access;
  const host = isPathStyle ? endpoint.host : `${bucket}.${endpoint.host}`;
  const base = endpoint.pathname.replace(/\/+$/, '') + (isPathStyle ? `/${bucket}` : '');
  const isTls = endpoint.protocol === 'https:';
  const { Agent, request: ask } = isTls ? https() : http();
  const agent = new Agent({ keepAlive: true });

  const once = (given: S3Request): Promise<S3Answer> => {
    const { method, key, query = {}, headers = {}, body = NOTHING, signal, bytesMax = S3_ANSWER_BYTES_MAX } = given;
    const path = `${base}/${key.split('/').map(escaped).join('/')}`;
    const bodyHash = crypto().hash('sha256', body);
    const unsigned = { method, host, path, query, headers, bodyHash };
    const { hostname, port } = endpoint;
    const search = queryText(query);
    return new Promise((resolve, reject) => {
      const request = ask(
        {
          ...{ method, agent, signal, timeout: S3_SILENCE_MS_MAX },
          host: isPathStyle ? hostname.replace(/^\[|\]$/g, '') : `${bucket}.${hostname}`,
          port: port === '' ? undefined : Number(port),
          path: search === '' ? path : `${path}?${search}`,
          headers: {
            ...signed(unsigned, credentials, region, clock.wall()),
            ...(method === 'PUT' || method === 'POST' ? { 'content-length': body.length } : {}),
          },
        },
        (response) => gathered(response, bytesMax).then(resolve, reject),
      );
      request.on('timeout', () => request.destroy(new Error('nothing came for too long')));
      request.on('error', reject);
      request.end(body);
    });
  };

  return {
    host,
    async send(given) {
      for (let tries = 1; ; tries += 1) {
        let why: string;
        let cause: unknown;
        try {
          const answer = await once(given);
          if (!COME_AGAIN.has(answer.status) && !AGAIN_CODES.has(answer.code)) return answer;
          why = `${host} answers ${answer.status}${answer.code === '' ? '' : ` ${answer.code}`}`;
        } catch (error) {
          given.signal?.throwIfAborted();
          why = `${host} cannot be reached (${(error as Error).message})`;
          cause = error;
        }
        if (tries === S3_TRIES_MAX) throw new ArchiveAway(place, why, { cause });
        await pause(clock, S3_PAUSE_MS * 2 ** (tries - 1), given.signal);
      }
    },
  };
}

/** Pauses between a half and the whole of the time, so that many callers do not come again at one moment. */
function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.after(ms / 2 + crypto().randomInt(Math.ceil(ms / 2)), () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop);
  });
}

async function gathered(response: IncomingMessage, bytesMax: number): Promise<S3Answer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > bytesMax) {
      response.destroy();
      throw new Error('its answer is too long');
    }
    pieces.push(piece);
  }
  const { statusCode: status = 0, headers } = response;
  const body = Buffer.concat(pieces);
  // CompleteMultipartUpload answers 200 before it knows how it ends.
  const isXml = status >= 300 || /xml/.test(headers['content-type'] ?? '');
  const code = isXml ? (/<Error>[\s\S]*?<Code>([A-Za-z]{1,64})<\/Code>/.exec(body.toString('utf8'))?.[1] ?? '') : '';
  return { status, headers, body, code };
}
