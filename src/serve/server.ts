// The server of the page and its API. It decides who may ask, finds the endpoint, and answers; what the answer is comes
// from the thread of the job, or from the run if this process crawls it.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { POST_BYTES_MAX } from '../base/limits-of-serving.ts';
import { onDemand } from '../base/on-demand.ts';
import { version } from '../base/version.ts';
import { openApiDocument } from './api/document.ts';
import type { SessionAnswer } from './api/jobs.ts';
import { ApiError, errorDocument, failureOf } from './failures.ts';
import { assertHost, assertMayChange, assertToken, cookieName, isToken, type Tokens } from './guard.ts';
import type { JobDesk } from './job-desk.ts';
import { type PageFile, pageFiles } from './pages.ts';
import type { QueryFields } from './parameters.ts';
import { type Route, routeOf } from './routes.ts';

const http = onDemand<typeof import('node:http')>('node:http');

export interface PageServerParts {
  readonly desk: JobDesk;
  readonly tokens: Tokens;
  /** Known once the servers listen. */
  readonly place: () => {
    /** Values of the header Host that name this server. */
    readonly hosts: ReadonlySet<string>;
    readonly origins: ReadonlySet<string>;
    readonly viewOrigin: string;
    readonly port: number;
  };
  /** Only figures for Prometheus. */
  readonly isMetricsOnly: boolean;
}

const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

export function createPageServer(parts: PageServerParts): Server {
  const files = parts.isMetricsOnly ? new Map<string, PageFile>() : pageFiles();
  return http().createServer((request, response) => {
    answer(parts, files, request, response).catch((error: unknown) => fail(response, error));
  });
}

async function answer(
  parts: PageServerParts,
  files: ReadonlyMap<string, PageFile>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { place, tokens, desk } = parts;
  const { method = 'GET', headers } = request;
  assertHost(headers, place().hosts);
  // A path alone: not one that names another host.
  const url = /^\/(?!\/)/.test(request.url ?? '') ? URL.parse(request.url!, 'http://gossamer.invalid') : null;
  if (url === null) throw new ApiError(400, 'bad-path', 'The path cannot be read.');
  const route = routeOf(method, url.pathname);
  if (route !== null && route !== 'method' && route.name === 'metrics') {
    return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await desk.metrics());
  }
  if (parts.isMetricsOnly) throw new ApiError(404, 'no-path', 'There is only /metrics here.');
  if (route === null && !url.pathname.startsWith('/api/')) return page(parts, files, method, url, request, response);
  const isBearer = assertToken(headers, tokens, place().port);
  if (route === null) throw new ApiError(404, 'no-path', `There is no ${url.pathname}; /api/openapi.json lists all.`);
  if (route === 'method') throw new ApiError(405, 'no-method', `${url.pathname} does not take ${method}.`);
  const query: QueryFields = Object.fromEntries(url.searchParams);
  if (method === 'POST') {
    assertMayChange(headers, tokens, isBearer, place().origins);
    return json(response, await desk.change(route, await bodyOf(request)));
  }
  await read(parts, route, query, response);
}

async function read(
  { desk, tokens, place }: PageServerParts,
  route: Route,
  query: QueryFields,
  response: ServerResponse,
): Promise<void> {
  switch (route.name) {
    case 'session': {
      const session: SessionAnswer = { postToken: tokens.post, version, viewOrigin: place().viewOrigin };
      return json(response, session);
    }
    case 'document':
      return json(response, openApiDocument());
    case 'events':
      return desk.watch(route.parts['job']!, response);
    case 'csv':
      return csv(desk, route.parts['job']!, query, response);
    default:
      return json(response, await desk.ask(route, query));
  }
}

/** The table may be long: it is sent in parts, as fast as it is taken. */
async function csv(desk: JobDesk, job: string, query: QueryFields, response: ServerResponse): Promise<void> {
  for (let after: string | null = ''; after !== null; ) {
    const part: { text: string; next: string | null } = await desk.csvPart(job, { ...query, after });
    if (!response.headersSent) {
      const disposition = `attachment; filename="${job.replace(/[^\w.-]/g, '_')}.csv"`;
      response.writeHead(200, {
        ...SAFE,
        'content-type': 'text/csv; charset=utf-8',
        'cache-control': 'no-store',
        'content-disposition': disposition,
      });
    }
    if (!response.write(part.text)) await drained(response);
    if (response.destroyed) return;
    after = part.next;
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

/** The page. The token in its printed address becomes a cookie that no script can read. */
function page(
  { tokens, place }: PageServerParts,
  files: ReadonlyMap<string, PageFile>,
  method: string,
  url: URL,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  if (method !== 'GET' && method !== 'HEAD') throw new ApiError(405, 'no-method', 'The page is only read.');
  const { port, viewOrigin } = place();
  const token = url.searchParams.get('token');
  if (token !== null && isToken(token, tokens.page)) {
    const cookie = `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`;
    response.writeHead(303, { ...SAFE, location: '/', 'set-cookie': cookie, 'cache-control': 'no-store' });
    response.end();
    return;
  }
  const path = url.pathname === '/' ? '/index.html' : url.pathname;
  if (path === '/index.html') assertToken(headers, tokens, port);
  const file = files.get(path);
  if (file === undefined) {
    const why = files.size === 0 ? 'The page was not built: npm run build makes it.' : `There is no ${url.pathname}.`;
    throw new ApiError(404, 'no-path', why);
  }
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${viewOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  response.writeHead(200, {
    ...SAFE,
    'content-type': file.type,
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-cache',
  });
  response.end(method === 'HEAD' ? undefined : file.body);
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new ApiError(400, 'bad-body', 'A POST has a body of type application/json.');
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > POST_BYTES_MAX) throw new ApiError(400, 'bad-body', `The body is longer than ${POST_BYTES_MAX} bytes.`);
    pieces.push(piece);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString() || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ApiError(400, 'bad-body', 'The body is not a JSON object.');
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { ...SAFE, 'content-type': type, 'cache-control': 'no-store' });
  response.end(text);
}

function fail(response: ServerResponse, error: unknown): void {
  const failure = failureOf(error);
  if (response.headersSent) response.destroy();
  else json(response, errorDocument(failure), failure.status);
}
