// A gate on a clock that stands still, to test its decisions.

import assert from 'node:assert/strict';
import type {
  Fetch,
  HostNote,
  HostRoom,
  HostRow,
  HostShelf,
  Lease,
  Outcome,
  StoredHost,
} from '../../src/base/contracts.ts';
import { type JobShare, WHOLE_JOB } from '../../src/base/job-share.ts';
import { createGate, type Gate } from '../../src/crawl/gate.ts';
import type { Wait } from '../../src/crawl/host-figures.ts';
import type { GateConfig } from '../../src/crawl/host-state.ts';
import type { Passed, Refusal } from '../../src/crawl/settlement.ts';

export const CONFIG: GateConfig = {
  pace: { hostConcurrency: 4, delayMs: 0, adapt: false, patienceMs: 3_600_000, firstHoldMs: 1000 },
  robots: true,
  robotsForbiddenDenies: false,
  agent: 'gossamer',
  resumed: false,
  hostLimit: null,
  hostsMost: 100,
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
  wasTakenBack: false,
  forms: [],
  formsAskedAt: [],
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
    protocol: 'http/1.1',
    startedAt: 0,
    sentAt: 0,
    firstByteMs: 1,
    elapsedMs: 1,
    wireBytes: 1,
  };
}

/** Requests that begin and end when the test says so. */
export function requestsOf(gate: Gate) {
  const open: {
    readonly lease: Lease;
    readonly passed: ReturnType<Gate['through']>;
    end(outcome: Outcome): void;
  }[] = [];
  const begin = (lease: Lease): void => {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    // As a frontier does, which takes what it is told.
    gate.room(lease.host, lease.hostId);
    open.push({ lease, passed: gate.through(lease, () => promise), end: resolve });
  };
  return {
    begin,
    /** Ends the oldest request of the lease; begins one first if there is none. */
    async end(lease: Lease, outcome: Outcome): Promise<Passed> {
      if (!open.some((each) => isSame(each.lease, lease))) begin(lease);
      const at = open.findIndex((each) => isSame(each.lease, lease));
      const [request] = open.splice(at, 1);
      request!.end(outcome);
      const passed = await request!.passed;
      assert.equal(passed.refusal, null);
      return passed as Passed;
    },
    /** Why the lease may not be requested; if it may, the request is broken off at once. */
    async refusal(lease: Parameters<Gate['through']>[0]): Promise<Refusal | null> {
      gate.room(lease.host, lease.hostId);
      return (await gate.through(lease, async () => outcomeOf(0, '', 'aborted'))).refusal;
    },
  };
}

function isSame(a: Lease, b: Lease): boolean {
  return a.host === b.host && a.url === b.url;
}

/** The hosts that the tests name. They are in memory from the beginning, so that each answer is given at once. */
const NAMES = ['h', 'i', 'j', 'k', 'gone', 'elsewhere'].map((name) => `http://${name}`);

/** What a store knows of hosts: `known`, and what is noted. */
export function shelfOf(known: readonly HostRow[]) {
  const rows = new Map<string, StoredHost>(known.map((row) => [row.host, { ...row, rest: null }]));
  const note = ({ host, heldUntil, why, robots, answered, rest }: HostNote): void => {
    const row = rows.get(host) ?? { ...NOTHING_KNOWN, id: rows.size + 1_000, host };
    rows.set(host, {
      ...row,
      ...(heldUntil !== undefined && { heldUntil: heldUntil || null, why: why || null }),
      ...(robots !== undefined && { robots }),
      ...(answered === true && { answered }),
      ...(rest !== undefined && { rest }),
    });
  };
  return {
    note,
    shelf: { load: async (hosts: readonly string[]) => hosts.map((host) => rows.get(host) ?? null) },
    async keep(notes: readonly HostNote[]): Promise<void> {
      await Promise.resolve();
      for (const each of notes) note(each);
    },
  };
}

const NOTHING_KNOWN = { answered: false, heldUntil: null, why: null, robots: null, rest: null };

export type GateBench = Awaited<ReturnType<typeof gateAt>>;

/** A gate on a clock that stands still, and what it told the frontier. */
export async function gateAt(
  config: GateConfig = CONFIG,
  known: readonly HostRow[] = [],
  names = NAMES,
  share: Pick<JobShare, 'has' | 'want'> = WHOLE_JOB,
  keepsRest = false,
  itsShelf: HostShelf | null = null,
) {
  const time = { now: 10_000 };
  const opened: [number, number][] = [];
  const { shelf, keep, note } = shelfOf(known);
  let woken = 0;
  const gate = createGate({
    config,
    times: { now: () => time.now, wall: () => time.now, turn: () => Promise.resolve() },
    open: (id, until) => void opened.push([id, until]),
    ...{ shelf: itsShelf ?? shelf, keep, share, keepsRest },
    wake: () => {
      woken += 1;
    },
  });
  await gate.recall([...known.map(({ host }) => host), ...names]);
  const room = (host: string, id: number): HostRoom => gate.room(host, id) ?? assert.fail('no host can be made ready');
  const waitOf = (host: string): Wait => gate.waitOf(host) ?? assert.fail(`${host} is not in memory`);
  const answer =
    (status: number, body = '', error: Outcome['error'] = null): Fetch =>
    async () => ({ ...outcomeOf(status, body, error), sentAt: time.now });
  return {
    gate: { ...gate, ...requestsOf(gate), room, waitOf },
    /** The gate as the frontier has it. */
    itself: gate,
    ...{ time, opened, answer, note, shelf },
    get woken() {
      return woken;
    },
  };
}
