// Figures in the text format of Prometheus. No label has a URL, and only the busiest hosts have one of their own.

import type { Histogram, Observer } from '../job/observer.ts';
import type { HostLane, LiveState } from './api/jobs.ts';

const HOSTS_SHOWN = 20;

export interface JobFigures {
  readonly job: string;
  readonly live: Pick<LiveState, 'urls' | 'bytes' | 'inFlight' | 'requests' | 'hosts'>;
  /** Null if another process crawls the job. */
  readonly observer: Pick<Observer, 'errors' | 'firstByte' | 'whole'> | null;
}

type Line = readonly [labels: Readonly<Record<string, string>>, value: number];

export function metricsText(jobs: readonly JobFigures[]): string {
  const each = (of: (figures: JobFigures) => readonly Line[]): Line[] =>
    jobs.flatMap((figures) => of(figures).map(([labels, value]): Line => [{ job: figures.job, ...labels }, value]));
  const one = (of: (live: JobFigures['live']) => number): Line[] => each(({ live }) => [[{}, of(live)]]);
  return [
    family(
      'gossamer_pages_total',
      'counter',
      'URLs that were settled by a request.',
      one(({ urls }) => urls.done + urls.failed),
    ),
    family(
      'gossamer_requests_total',
      'counter',
      'Requests, also for robots.txt and sitemaps.',
      one(({ requests }) => requests),
    ),
    family(
      'gossamer_bytes_total',
      'counter',
      'Bytes that were received.',
      one(({ bytes }) => bytes),
    ),
    family('gossamer_errors_total', 'counter', 'Tries that failed, by code.', each(errorsOf)),
    family(
      'gossamer_in_flight',
      'gauge',
      'Requests in flight.',
      one(({ inFlight }) => inFlight),
    ),
    family(
      'gossamer_queue',
      'gauge',
      'URLs that are queued.',
      one(({ urls }) => urls.queued),
    ),
    family(
      'gossamer_host_in_flight',
      'gauge',
      'Requests in flight to the busiest hosts.',
      each(hostLines((host) => host.inFlight)),
    ),
    family(
      'gossamer_host_limit',
      'gauge',
      'The learnt limit of the busiest hosts.',
      each(hostLines((host) => host.limit)),
    ),
    histograms(
      'gossamer_first_byte_seconds',
      'Time to the first byte of a response.',
      jobs,
      (observer) => observer.firstByte,
    ),
    histograms('gossamer_request_seconds', 'Time of a whole request.', jobs, (observer) => observer.whole),
  ].join('');
}

function errorsOf({ observer }: JobFigures): Line[] {
  return [...(observer?.errors ?? [])].map(([code, count]) => [{ code }, count]);
}

function hostLines(of: (host: HostLane) => number | null): (figures: JobFigures) => Line[] {
  return ({ live }) =>
    live.hosts.slice(0, HOSTS_SHOWN).flatMap((host): Line[] => {
      const value = of(host);
      return value === null ? [] : [[{ host: host.host }, value]];
    });
}

function family(name: string, type: string, help: string, lines: readonly Line[]): string {
  const text = lines.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`).join('');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${text}`;
}

function histograms(
  name: string,
  help: string,
  jobs: readonly JobFigures[],
  of: (observer: NonNullable<JobFigures['observer']>) => Histogram,
): string {
  const lines = jobs.flatMap(({ job, observer }) => (observer === null ? [] : histogramLines(name, job, of(observer))));
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join('')}`;
}

function histogramLines(name: string, job: string, { boundsMs, counts, sumMs }: Histogram): string[] {
  let count = 0;
  const buckets = counts.map((more, at) => {
    count += more;
    const bound = boundsMs[at];
    const le = bound === undefined ? '+Inf' : String(bound / 1000);
    return `${name}_bucket${labelText({ job, le })} ${count}\n`;
  });
  const labels = labelText({ job });
  return [...buckets, `${name}_sum${labels} ${sumMs / 1000}\n`, `${name}_count${labels} ${count}\n`];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapedLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapedLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
