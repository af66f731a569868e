// Finds the endpoint of a request by the table of the API.

import { ENDPOINTS, type Endpoint, type EndpointName } from './api/endpoints.ts';

export interface Route {
  readonly name: EndpointName;
  /** The parts of the path that have a name. */
  readonly parts: Readonly<Record<string, string>>;
}

const PATTERNS = Object.entries<Endpoint>(ENDPOINTS).map(([name, { method, path }]) => {
  const pattern = path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { name: name as EndpointName, method, pattern: new RegExp(`^${pattern}$`) };
});

/** Null if there is no such path; `method` if there is one with another method. */
export function routeOf(method: string, path: string): Route | 'method' | null {
  let isKnown = false;
  for (const each of PATTERNS) {
    const match = each.pattern.exec(path);
    if (match === null) continue;
    isKnown = true;
    const parts = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodedPart(text)]),
    );
    if (each.method === method) return { name: each.name, parts };
  }
  return isKnown ? 'method' : null;
}

/** A part of a path; one that cannot be decoded is no name of anything. */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
