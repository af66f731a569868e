// A strict S3 server on loopback: one bucket, in memory. It checks each signature by its own writing of Signature
// Version 4, keeps the rules of conditional writes and of uploads in parts, and fails where a test wants it to.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { signatureFault } from './s3-signature.ts';

export interface StoredObject {
  readonly body: Buffer;
  readonly tag: string;
  readonly meta: Readonly<Record<string, string>>;
}

interface StoredUpload {
  readonly key: string;
  readonly meta: StoredObject['meta'];
  readonly parts: Map<number, { readonly body: Buffer; readonly tag: string }>;
}

/** What a request is for, in one word. Those in small letters are of uploads in parts. */
export type S3Deed = 'PUT' | 'GET' | 'begin' | 'part' | 'parts' | 'complete' | 'abort' | 'uploads';

export interface S3Seen {
  readonly deed: S3Deed;
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * What happens instead of the answer: nothing was done and the connection is cut; it was done and the answer is lost;
 * the connection is cut while the body comes; or another answer, by its status and code.
 */
export type S3Fault = 'refuse' | 'lose' | 'cut' | { readonly status: number; readonly code: string };

export interface S3Server extends AsyncDisposable {
  readonly url: string;
  readonly bucket: string;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, StoredUpload>;
  /** Each request that was done, as `deed key`. */
  readonly log: string[];
  /** The environment of a program that may use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called for each request before it is answered. It may wait. */
  fault: (seen: S3Seen) => S3Fault | null | Promise<S3Fault | null>;
  /** Ends listening, and all connections; `open` listens on the same port again. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export interface S3Settings {
  readonly bucket?: string;
  /** The least length of a part, but for the last one. */
  readonly partBytesMin?: number;
  readonly sessionToken?: string;
  /** It does not know conditional writes, as older servers. */
  readonly isOld?: boolean;
}

const ACCESS_KEY = 'AKIDEXAMPLE';
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const REGION = 'eu-test-1';
const LISTED_MAX = 2;

class S3Error extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function serveS3(settings: S3Settings = {}): Promise<S3Server> {
  const { bucket = 'archive-bucket', sessionToken = '' } = settings;
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, StoredUpload>();
  const sockets = new Set<Socket>();
  const log: string[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url!, 'http://s3.test');
    const [, first = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const seen = { deed: deedOf(request.method!, url.searchParams), key: rest.join('/'), query: url.searchParams };
    const fault = await server.fault(seen);
    if (fault === 'refuse') return void request.socket.destroy();
    const body = await bodyOf(request, fault === 'cut');
    if (fault === 'cut') return void request.socket.destroy();
    try {
      if (fault !== null && typeof fault === 'object') throw new S3Error(fault.status, fault.code);
      const wrong = signatureFault(request, body, { ACCESS_KEY, SECRET_KEY, REGION, sessionToken });
      if (wrong !== null) throw new S3Error(403, wrong);
      if (first !== bucket) throw new S3Error(404, 'NoSuchBucket');
      log.push(`${seen.deed} ${seen.key}`);
      const answer = doneOf(seen, request, body);
      if (fault === 'lose') return void request.socket.destroy();
      response.writeHead(answer.status ?? 200, { 'content-length': (answer.body ?? '').length, ...answer.headers });
      response.end(answer.body);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const text = `<?xml version="1.0"?><Error><Code>${error.code}</Code><Key>${ACCESS_KEY} ${SECRET_KEY}</Key></Error>`;
      response.writeHead(error.status, { 'content-type': 'application/xml' });
      response.end(text);
    }
  };

  /** Does what is asked for. */
  const doneOf = (seen: S3Seen, { headers }: IncomingMessage, body: Buffer): Answer => {
    const { deed, key, query } = seen;
    const uploadId = query.get('uploadId') ?? '';
    const upload = uploads.get(uploadId);
    if (uploadId !== '' && upload?.key !== key) throw new S3Error(404, 'NoSuchUpload');
    const object = objects.get(key);
    const assertCondition = (): void => {
      if (headers['if-none-match'] === undefined && headers['if-match'] === undefined) return;
      if (settings.isOld === true) throw new S3Error(501, 'NotImplemented');
      if (headers['if-none-match'] === '*' && object !== undefined) throw new S3Error(412, 'PreconditionFailed');
      if (headers['if-match'] !== undefined && headers['if-match'] !== object?.tag)
        throw new S3Error(object === undefined ? 404 : 412, object === undefined ? 'NoSuchKey' : 'PreconditionFailed');
    };
    switch (deed) {
      case 'GET':
        return ranged(object, headers.range);
      case 'PUT':
        assertCondition();
        objects.set(key, { body, tag: tagOf(body), meta: metaOf(headers) });
        return { headers: { etag: tagOf(body) } };
      case 'begin': {
        const name = `upload ${uploads.size + log.length}&"<`;
        uploads.set(name, { key, meta: metaOf(headers), parts: new Map() });
        return xml(
          `<InitiateMultipartUploadResult><UploadId>${inXml(name)}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      case 'part': {
        const part = { body, tag: tagOf(body) };
        upload!.parts.set(Number(query.get('partNumber')), part);
        return { headers: { etag: part.tag } };
      }
      case 'parts':
        return xml(listOfParts(upload!, Number(query.get('part-number-marker') ?? 0)));
      case 'complete':
        assertCondition();
        objects.set(key, wholeOf(upload!, body.toString(), settings.partBytesMin ?? 5 * 1024 * 1024));
        uploads.delete(uploadId);
        return xml('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
      case 'abort':
        uploads.delete(uploadId);
        return { status: 204 };
      case 'uploads': {
        const wanted = [...uploads].filter(([, each]) => each.key.startsWith(query.get('prefix') ?? ''));
        const list = wanted.map(
          ([name, each]) => `<Upload><Key>${inXml(each.key)}</Key><UploadId>${inXml(name)}</UploadId></Upload>`,
        );
        return xml(`<ListMultipartUploadsResult>${list.join('')}</ListMultipartUploadsResult>`);
      }
    }
  };

  const listener = createServer((request, response) => {
    serve(request, response).catch((error) => response.destroy(error as Error));
  });
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  let port = 0;
  const open = async (): Promise<void> => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    ({ port } = listener.address() as AddressInfo);
  };
  const shut = async (): Promise<void> => {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  const server: S3Server = {
    ...{ url: `http://127.0.0.1:${port}`, bucket, objects, uploads, log, open, shut },
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_SESSION_TOKEN: sessionToken,
    },
    fault: () => null,
    [Symbol.asyncDispose]: shut,
  };
  return server;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
}

function deedOf(method: string, query: URLSearchParams): S3Deed {
  if (method === 'POST') return query.has('uploads') ? 'begin' : 'complete';
  if (method === 'DELETE') return 'abort';
  if (query.has('uploads')) return 'uploads';
  if (query.has('uploadId')) return method === 'PUT' ? 'part' : 'parts';
  return method as 'PUT' | 'GET';
}

/** If it `isCut`, only a part of the body is awaited. */
async function bodyOf(request: IncomingMessage, isCut: boolean): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) {
    pieces.push(piece);
    if (isCut) break;
  }
  return Buffer.concat(pieces);
}

function ranged(object: StoredObject | undefined, range: string | undefined): Answer {
  if (object === undefined) throw new S3Error(404, 'NoSuchKey');
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined) return { headers: { ...object.meta, etag: object.tag }, body: object.body };
  if (Number(from) >= object.body.length) throw new S3Error(416, 'InvalidRange');
  const body = object.body.subarray(Number(from), Number(to) + 1);
  const headers = { ...object.meta, etag: object.tag, 'content-range': `bytes ${from}-${to}/${object.body.length}` };
  return { status: 206, headers, body };
}

function listOfParts({ parts }: StoredUpload, marker: number): string {
  const after = [...parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const listed = after.slice(0, LISTED_MAX).map(([number, { body, tag }]) => {
    return `<Part><PartNumber>${number}</PartNumber><ETag>${inXml(tag)}</ETag><Size>${body.length}</Size></Part>`;
  });
  const isTruncated = after.length > LISTED_MAX;
  const next = isTruncated ? `<NextPartNumberMarker>${after[LISTED_MAX - 1]![0]}</NextPartNumberMarker>` : '';
  return `<ListPartsResult><IsTruncated>${isTruncated}</IsTruncated>${next}${listed.join('')}</ListPartsResult>`;
}

function wholeOf({ parts, meta }: StoredUpload, wanted: string, partBytesMin: number): StoredObject {
  const list = [...wanted.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag>/g)];
  const bodies = list.map(([, number, tag], at) => {
    const part = parts.get(Number(number));
    if (part === undefined || inXml(part.tag) !== tag) throw new S3Error(400, 'InvalidPart');
    if (Number(number) !== at + 1) throw new S3Error(400, 'InvalidPartOrder');
    if (at + 1 < list.length && part.body.length < partBytesMin) throw new S3Error(400, 'EntityTooSmall');
    return part.body;
  });
  const sums = Buffer.concat(bodies.map((body) => createHash('md5').update(body).digest()));
  return { body: Buffer.concat(bodies), tag: `${tagOf(sums).slice(0, -1)}-${bodies.length}"`, meta };
}

function metaOf(headers: IncomingMessage['headers']): StoredObject['meta'] {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(own) as Record<string, string>;
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function xml(text: string): Answer {
  return { headers: { 'content-type': 'application/xml' }, body: Buffer.from(`<?xml version="1.0"?>\n${text}`) };
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
