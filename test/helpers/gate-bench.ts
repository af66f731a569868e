// A gate on a clock that stands, for the tests of what it decides.

import type { Fetch, HostRow, Lease, Outcome } from '../../src/base/contracts.ts';
import { createGate } from '../../src/crawl/gate.ts';
import type { GateConfig } from '../../src/crawl/host-state.ts';

export const CONFIG: GateConfig = {
  pace: { limitMax: 4, delayMs: 0, adapt: false, patienceMs: 3_600_000, firstHoldMs: 1000 },
  robots: true,
  robotsForbiddenDenies: false,
  agent: 'gossamer',
  resumed: false,
  hostLimit: null,
};
export const HOST = 'http://h';
export const LEASE: Lease = {
  id: 1,
  url: 'http://h/private',
  host: HOST,
  hostId: 1,
  depth: 0,
  hops: 0,
  tries: 0,
  wasAsked: false,
  forms: [],
};
export const signal = new AbortController().signal;

export function outcomeOf(status: number, body = '', error: Outcome['error'] = null): Outcome {
  const bytes = Buffer.from(body);
  return {
    url: `${HOST}/robots.txt`,
    status,
    error,
    refused: null,
    detail: '',
    truncated: null,
    headers: ['content-type', 'text/plain'],
    requestHead: '',
    responseHead: '',
    rawBody: bytes,
    body: bytes,
    spooled: null,
    remoteAddress: '127.0.0.1',
    startedAt: 0,
    sentAt: 0,
    firstByteMs: 1,
    elapsedMs: 1,
    wireBytes: 1,
  };
}

/** A gate on a clock that stands, and what it told the frontier. */
export function gateAt(config: GateConfig = CONFIG, known: HostRow[] = []) {
  const time = { now: 10_000 };
  const opened: [number, number][] = [];
  const gate = createGate(
    config,
    known,
    { now: () => time.now, wall: () => time.now },
    (id, until) => void opened.push([id, until]),
  );
  const answer =
    (status: number, body = '', error: Outcome['error'] = null): Fetch =>
    async () => ({ ...outcomeOf(status, body, error), sentAt: time.now });
  return { gate, time, opened, answer };
}
