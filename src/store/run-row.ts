// Builds the figures of a run from the columns of its row. The figures of hosts are stored as JSON.

import type { HostFigures, RunFigures, StoppedBy, Waiting } from '../base/contracts.ts';
import { assertTimes } from './sound.ts';

function namesHost(named: HostFigures | Waiting | null): boolean {
  if (typeof named !== 'object' || named === null || typeof named.host !== 'string') return false;
  return ['string', 'object'].includes(typeof named.why);
}

type More = [elapsedMs: number, uptimeMs: number, waitingFor: string | null];

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
  const [elapsedMs, , waiting] = more;
  assertTimes('a run', startedAt, updatedAt, endedAt);
  const figures = JSON.parse(hosts) as HostFigures[];
  const waitingFor = waiting === null ? null : (JSON.parse(waiting) as Waiting);
  if (!Array.isArray(figures) || !figures.every(namesHost) || !(waitingFor === null || namesHost(waitingFor)))
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
    hosts: figures,
    elapsedMs,
  };
}
