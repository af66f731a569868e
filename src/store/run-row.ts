// Builds the figures of a run from the columns of its row. The figures of hosts are stored as JSON.

import type { HostFigures, RunFigures, StoppedBy, Waiting } from '../base/contracts.ts';
import type { Lateness } from '../base/lateness.ts';
import { assertTimes } from './sound.ts';

function namesHost(named: HostFigures | Waiting | null): boolean {
  if (typeof named !== 'object' || named === null || typeof named.host !== 'string') return false;
  return ['string', 'object'].includes(typeof named.why);
}

function isLateness(late: Lateness | null): boolean {
  return late === null || (Number.isFinite(late.p999Ms) && Number.isFinite(late.mostMs));
}

type More = [elapsedMs: number, uptimeMs: number, waitingFor: string | null, loopLate: string | null];

export function runOf(cells: readonly unknown[]): RunFigures {
  const [, startedAt, updatedAt, endedAt, stoppedBy, requests, bytes, peakInFlight, hosts, inFlight, agent, ...more] =
    cells as [
      number,
      number,
      number,
      number | null,
      StoppedBy,
      number,
      number,
      number,
      string,
      number,
      string,
      ...More,
    ];
  const [elapsedMs, , waiting, late] = more;
  assertTimes('a run', startedAt, updatedAt, endedAt);
  const figures = JSON.parse(hosts) as HostFigures[];
  const waitingFor = waiting === null ? null : (JSON.parse(waiting) as Waiting);
  const loopLate = late === null ? null : (JSON.parse(late) as Lateness);
  if (
    !Array.isArray(figures) ||
    !figures.every(namesHost) ||
    !(waitingFor === null || namesHost(waitingFor)) ||
    !isLateness(loopLate)
  )
    throw new Error('store: the figures of a run are damaged');
  return {
    startedAt,
    updatedAt,
    endedAt,
    stoppedBy,
    requests,
    bytes,
    inFlight,
    peakInFlight,
    agent,
    waitingFor,
    loopLate,
    hosts: figures,
    elapsedMs,
  };
}
