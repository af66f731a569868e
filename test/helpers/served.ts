// Asks the API of a served job as the page does, and checks each answer against the OpenAPI document.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { openApiDocument } from '../../src/serve/api/document.ts';
import { ENDPOINTS, type Endpoint } from '../../src/serve/api/endpoints.ts';
import type { TableAnswer } from '../../src/serve/api/urls.ts';
import { routeOf } from '../../src/serve/routes.ts';
import { type Served, type ServeOptions, serve } from '../../src/serve/serve.ts';
import { schemaFaults } from './json-schema.ts';

const PARTS = (openApiDocument() as { components: { schemas: Record<string, object> } }).components.schemas;

export interface Asking extends AsyncDisposable {
  readonly served: Served;
  /** The answer, which is as the document says. */
  get<T>(path: string, status?: number): Promise<T>;
  post<T>(path: string, body: object, status?: number): Promise<T>;
}

/** Serves the jobs in these folders on a free port of loopback. */
export async function serving(
  jobs: readonly string[],
  own: ServeOptions['own'] = null,
  store: string | null = null,
): Promise<Asking> {
  const places = { jobs, parents: [], store };
  const served = await serve({ places, own, address: '127.0.0.1', port: 0, onBusy: () => {} });
  const asked = async <T>(method: 'GET' | 'POST', path: string, status: number, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${served.origin}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const value = (await response.json()) as T;
    assert.equal(response.status, status, `${path}: ${JSON.stringify(value)}`);
    const route = routeOf(method, path.replace(/\?.*/s, ''));
    if (route === null || route === 'method') return value;
    const { answer } = ENDPOINTS[route.name] as Endpoint;
    const schema = status >= 400 ? { $ref: '#/components/schemas/ErrorAnswer' } : 'json' in answer ? answer.json : null;
    if (schema !== null) assert.deepEqual(schemaFaults(value, schema, PARTS), [], path);
    return value;
  };
  return {
    served,
    // On a busy machine the first answers are of a table that is not read to its end; the page asks again too.
    async get<T>(path: string, status = 200) {
      for (;;) {
        const answer = await asked<T & Partial<Pick<TableAnswer, 'upTo'>>>('GET', path, status);
        if (own !== null || answer.upTo?.isComplete !== false) return answer;
      }
    },
    post: (path, body, status = 200) => asked('POST', path, status, body),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** A request with headers that fetch does not let one choose. */
export function rawRequest(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  body = '',
): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }> {
  const { port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        resolve({ status: response.statusCode!, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The events of a job, each as the document says, until one is what is waited for. */
export async function untilEvent<T>(
  { served }: Pick<Asking, 'served'>,
  path: string,
  isWanted: (name: string, data: T) => boolean,
): Promise<T> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${served.token}` };
  const response = await fetch(`${served.origin}${path}/events`, { headers, signal: stop.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name, json] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end))!;
      text = text.slice(end + 2);
      const data = JSON.parse(json!) as T;
      const schema = EVENTS[name!];
      if (schema !== undefined) assert.deepEqual(schemaFaults(data, schema, PARTS), [], name!);
      if (!isWanted(name!, data)) continue;
      stop.abort();
      return data;
    }
  }
  throw new Error('the events ended');
}

const EVENTS: Readonly<Record<string, { readonly $ref: string }>> = {
  live: { $ref: '#/components/schemas/LiveState' },
  failures: { $ref: '#/components/schemas/FailuresEvent' },
  history: { $ref: '#/components/schemas/HistoryEvent' },
};
