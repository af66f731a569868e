// The layer that signs each request for the authority that it goes to.

import type { Layer } from '../../base/contracts.ts';
import { headerOf } from '../../base/headers.ts';
import type { Origins } from '../net/origins.ts';

/** The fields that sign a request for an authority at a time, as name, value, name, value. */
export type SignFields = (authority: string, wallMs: number) => readonly string[];

/** `headers` are those of every request: a Host among them is the authority. */
export function signingLayer(
  sign: SignFields,
  origins: Origins,
  wall: () => number,
  headers: readonly string[],
): Layer {
  return (next) => (request, signal) => {
    const { headers: own = [], url } = request;
    const authority = headerOf(own, 'host') ?? headerOf(headers, 'host') ?? origins.target(url)?.origin.host;
    if (authority === undefined) return next(request, signal);
    return next({ ...request, headers: [...own, ...sign(authority, wall())] }, signal);
  };
}
