// The server of archived pages. It has an origin of its own (another port), so that no archived page shares one with
// the page of gossamer, and every answer is in a sandbox: no scripts, no forms, no windows, no plugins. A page with `s`
// in its address may run its scripts; it still has no origin, and reaches nothing but other archived pages.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { onDemand } from '../../base/on-demand.ts';
import { ApiError, failureOf } from '../failures.ts';
import { assertHost, isToken } from '../guard.ts';
import type { JobDesk } from '../job-desk.ts';
import { decodedPart } from '../routes.ts';
import { missingPage } from './view-pages.ts';

const http = onDemand<typeof import('node:http')>('node:http');

export interface ViewServerParts {
  readonly desk: Pick<JobDesk, 'view'>;
  /** In each address: only who was given one may look. */
  readonly token: string;
  readonly place: () => { readonly hosts: ReadonlySet<string>; readonly pageOrigins: ReadonlySet<string> };
}

export function createViewServer(parts: ViewServerParts): Server {
  return http().createServer((request, response) => {
    show(parts, request, response).catch((error: unknown) => {
      const { status, message } = failureOf(error);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const head = headersOf('text/html; charset=utf-8', policyOf(parts, false));
      response.writeHead(status, head).end(missingPage(message, '', null));
    });
  });
}

/** `/TOKEN/JOB/v/NAME`, or with `s` for scripts. */
const PATH = /^\/([\w-]+)\/([^/]+)\/([vs])\/([\w-]+)$/;

async function show(parts: ViewServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  assertHost(request.headers, parts.place().hosts);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new ApiError(405, 'no-method', 'Archived pages are only read.');
  }
  const [, token, job, mode, name] = PATH.exec((request.url ?? '').replace(/[?#].*$/s, '')) ?? [];
  if (!isToken(token, parts.token)) throw new ApiError(404, 'no-path', 'This is no address of an archived page.');
  const page = await parts.desk.view(decodedPart(job!), name!);
  const head = headersOf(page.contentType, policyOf(parts, mode === 's'));
  response.writeHead(page.status, page.location === null ? head : { ...head, location: page.location });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

function headersOf(contentType: string, policy: string): Record<string, string> {
  return {
    'content-type': /^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/.test(contentType)
      ? contentType
      : 'application/octet-stream',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'x-dns-prefetch-control': 'off',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'cache-control': 'no-store',
  };
}

/**
 * In a sandbox a document has no origin, so `'self'` is none: the server is named. A policy cannot name an address of
 * IPv6.
 */
function policyOf({ place }: ViewServerParts, hasScripts: boolean): string {
  const sources = (origins: Iterable<string>): string => [...origins].filter((each) => !each.includes('[')).join(' ');
  const own = sources([...place().hosts].map((host) => `http://${host}`));
  const from = `${own} data: blob: 'unsafe-inline'`;
  return [
    hasScripts ? 'sandbox allow-scripts' : 'sandbox',
    `default-src ${from}`,
    hasScripts ? `script-src ${from} 'unsafe-eval'` : "script-src 'none'",
    "object-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${own} ${sources(place().pageOrigins)}`,
  ].join('; ');
}
