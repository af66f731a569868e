// Questions to the server that this page came from.

import { useEffect, useState } from 'preact/hooks';
import type { ErrorAnswer, SessionAnswer } from '../serve/api.ts';
import { steady } from './clock.ts';

/** The server said no, or could not be asked. */
export class AskError extends Error {
  /** The place in the filter or question that is wrong, if one is. */
  readonly at: number | null;

  constructor(message: string, at: number | null = null) {
    super(message);
    this.at = at;
  }
}

export function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(fetch(path, { signal: signal ?? null, headers: { accept: 'application/json' } }));
}

let session: Promise<SessionAnswer> | null = null;

/** Asks for something that changes the crawl. */
export async function tell<T>(path: string, body: object): Promise<T> {
  session ??= ask<SessionAnswer>('/api/session');
  const { postToken } = await session;
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-gossamer-token': postToken };
  return answerOf<T>(fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answerOf<T>(sent: Promise<Response>): Promise<T> {
  const response = await sent.catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new AskError('gossamer does not answer. It may have ended: start it again, then reload this page.');
  });
  if (response.ok) return response.json() as Promise<T>;
  const told = (await response.json().catch(() => null)) as ErrorAnswer | null;
  throw new AskError(told?.error.message ?? `gossamer answered ${response.status}`, told?.error.at ?? null);
}

/** The path of a question about a job. */
export function apiOf(job: string, what = ''): string {
  return `/api/jobs/${encodeURIComponent(job)}${what === '' ? '' : `/${what}`}`;
}

/** `path` with what is asked; empty values are left out. */
export function asking(path: string, asked: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? path : `${path}?${query}`;
}

export interface Asking<T> {
  /** The last answer; it stays while a newer one is on its way. Null if none came yet. */
  readonly value: T | null;
  readonly failure: AskError | null;
  readonly isAsking: boolean;
  readonly tookMs: number;
}

const NOTHING = { value: null, failure: null, isAsking: true, tookMs: 0 };

/** The answer to a question; `round` asks again if it changes. Null asks nothing. */
export function useAnswer<T>(path: string | null, round = 0): Asking<T> {
  const [answered, setAnswered] = useState<Asking<T>>(NOTHING);
  useEffect(() => {
    if (path === null) return setAnswered({ ...NOTHING, isAsking: false });
    const stop = new AbortController();
    const start = steady();
    setAnswered((before) => ({ ...before, isAsking: true }));
    ask<T>(path, stop.signal).then(
      (value) => setAnswered({ value, failure: null, isAsking: false, tookMs: steady() - start }),
      (failure: AskError) => {
        if (!stop.signal.aborted) setAnswered({ value: null, failure, isAsking: false, tookMs: steady() - start });
      },
    );
    return () => stop.abort();
  }, [path, round]);
  return answered;
}
