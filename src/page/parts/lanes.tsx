// Hosts as lanes: in flight against the limit, latency, what a host waits for, and its learnt limit over the last time.

import type { HostLane } from '../../serve/api.ts';
import { now } from '../clock.ts';
import { count, rate, span, time } from '../figures.ts';
import { linkTo } from '../where.ts';
import { Foreign, Wide } from './words.tsx';

const LANES_MAX = 40;
const LINE_WIDTH_PX = 80;
const LINE_HEIGHT_PX = 18;

interface LanesProps {
  readonly job: string;
  readonly hosts: readonly HostLane[];
  /** Null if the crawl does not run: nothing is in flight then. */
  readonly limits: ReadonlyMap<string, readonly number[]> | null;
}

export function Lanes({ job, hosts, limits }: LanesProps) {
  const listed = hosts.slice(0, LANES_MAX);
  return (
    <section>
      <h2>
        Hosts <span class="dim">{count(hosts.length)}</span>
      </h2>
      {listed.length === 0 && <p class="dim">No host was asked yet.</p>}
      {listed.length > 0 && (
        <Wide label="hosts">
          <table class="plain lanes">
            <thead>
              <tr>
                <th scope="col">host</th>
                <th scope="col">{limits === null ? 'limit' : 'in flight'}</th>
                {limits !== null && <th scope="col">limit lately</th>}
                <th scope="col" class="figure">
                  first byte
                </th>
                <th scope="col">waits for</th>
              </tr>
            </thead>
            <tbody>
              {listed.map((lane) => (
                <Lane
                  key={lane.host}
                  {...{ job, lane }}
                  limits={limits === null ? null : (limits.get(lane.host) ?? [])}
                />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  );
}

function Lane({ job, lane, limits }: { job: string; lane: HostLane; limits: readonly number[] | null }) {
  const { host, inFlight, limit, latencyMs, heldUntil, why } = lane;
  const isHeld = heldUntil !== null && heldUntil > now();
  return (
    <tr>
      <td>
        <a href={linkTo(job, 'urls', { q: `host:${hostName(host)}` })}>
          <Foreign text={host} most={80} />
        </a>
      </td>
      {limits === null ? <td>{limit === null ? '' : rateOf(limit)}</td> : <InFlight {...{ inFlight, limit, limits }} />}
      <td class="figure">{latencyMs === null ? '' : span(latencyMs)}</td>
      <td>
        {isHeld && <strong class="amber">held until {time(heldUntil, now())}</strong>}
        {why !== null && why !== '' && (
          <>
            {isHeld ? ': ' : ''}
            <Foreign text={why} most={120} />
          </>
        )}
      </td>
    </tr>
  );
}

interface InFlightProps {
  readonly inFlight: number;
  readonly limit: number | null;
  readonly limits: readonly number[];
}

function InFlight({ inFlight, limit, limits }: InFlightProps) {
  return (
    <>
      <td class="lane">
        <span class="lane-figure">
          {count(inFlight)}
          {limit !== null && ` of ${rateOf(limit)}`}
        </span>
        {limit !== null && (
          <span class="track" aria-hidden="true">
            <span style={{ width: `${Math.min(100, (100 * inFlight) / Math.max(1, limit))}%` }} />
          </span>
        )}
      </td>
      <td>
        <LimitLine limits={limits} />
      </td>
    </>
  );
}

function rateOf(limit: number): string {
  return Number.isInteger(limit) ? count(limit) : rate(limit);
}

function hostName(host: string): string {
  return host.replace(/^\w+:\/\//, '');
}

/** A small line: its highest point is the highest limit of that time. */
function LimitLine({ limits }: { limits: readonly number[] }) {
  if (limits.length < 2) return null;
  const most = Math.max(...limits, 1);
  const points = limits.map((limit, at) => {
    const x = (at * LINE_WIDTH_PX) / (limits.length - 1);
    return `${x.toFixed(1)},${(LINE_HEIGHT_PX - 1 - (limit / most) * (LINE_HEIGHT_PX - 2)).toFixed(1)}`;
  });
  const words = `from ${rateOf(limits[0]!)} to ${rateOf(limits.at(-1)!)}, at most ${rateOf(most)}`;
  return (
    <svg class="limit-line" width={LINE_WIDTH_PX} height={LINE_HEIGHT_PX} role="img" aria-label={words}>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
