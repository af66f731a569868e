// The OpenAPI document of the API, made from the table of endpoints.

import { version } from '../../base/version.ts';
import { ENDPOINTS, type Endpoint, EVENT_DOCUMENTS } from './endpoints.ts';
import { errorAnswer } from './jobs.ts';
import { type Schema, text } from './schema.ts';

const ABOUT = `The API of \`gossamer serve\` and \`gossamer crawl --serve\`, on loopback unless told otherwise.

Each request carries the token of the printed address: the page has it in a cookie, programs send \`Authorization: Bearer TOKEN\`.
A POST carries \`x-gossamer-token\` too (\`/api/session\` has it); with a bearer token it need not. \`/metrics\` needs no token.
Everything that comes from a crawled site is text and never markup. Ids of rows stay the same for as long as the job is there.`;

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The question is wrong; the message says where.',
  401: 'The token is missing or wrong.',
  403: 'The Host or the Origin is foreign, or the POST has no token.',
  404: 'There is no such job, URL or path.',
  409: 'This process cannot do that now: another one crawls the job, or there is no index.',
};

export function openApiDocument(): object {
  const all: readonly Endpoint[] = Object.values(ENDPOINTS);
  const schemas = [errorAnswer, EVENT_DOCUMENTS, ...all.flatMap(schemasOf)];
  const parts = new Map(schemas.flatMap(({ parts }) => [...parts]));
  const paths: Record<string, object> = {};
  for (const [id, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationOf(id, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'gossamer', version, description: ABOUT, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ cookie: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: Object.fromEntries(Object.entries(ERRORS).map(([status, about]) => [status, errorResponse(about)])),
      securitySchemes: {
        cookie: { type: 'apiKey', in: 'cookie', name: 'gossamer-PORT' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function schemasOf({ answer, body }: Endpoint): Schema<unknown>[] {
  return [...('media' in answer ? [] : [answer]), ...(body === null ? [] : [body])];
}

function operationOf(id: string, { path, about, query, body, answer, errors }: Endpoint): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name!, 'path', text));
  const inQuery = Object.entries(query).map(([name, schema]) => parameter(name, 'query', schema));
  const statuses = [400, 401, 403, 404, ...errors];
  const good =
    'media' in answer
      ? { description: answer.about, content: { [answer.media]: {} } }
      : { description: about, content: { 'application/json': { schema: answer.json } } };
  return {
    operationId: id,
    summary: about,
    parameters: [...inPath, ...inQuery],
    ...(body !== null && { requestBody: { required: true, content: { 'application/json': { schema: body.json } } } }),
    responses: {
      200: good,
      ...Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }])),
    },
  };
}

function errorResponse(description: string): object {
  return { description, content: { 'application/json': { schema: errorAnswer.json } } };
}

function parameter(name: string, place: 'path' | 'query', { json }: Schema<unknown>): object {
  return { name, in: place, required: place === 'path', schema: json };
}
