// Starts the servers of the page: the one of the page and its API, and the one of archived pages.

import type { Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { newTokens } from './guard.ts';
import { createJobDesk } from './job-desk.ts';
import { createJobThreads } from './job-threads.ts';
import { listen } from './listen.ts';
import type { OwnJob } from './live/own-job.ts';
import { createServedJobs, type ServedPlaces } from './served-jobs.ts';
import { createPageServer } from './server.ts';
import { createViewServer } from './view/view-server.ts';

export interface ServeOptions {
  readonly places: ServedPlaces;
  /** The job that this process crawls. */
  readonly own: OwnJob | null;
  /** Where to listen; loopback unless the user wants something else. */
  readonly address: string;
  /** The port, or the first of those that are tried. */
  readonly port: number;
  /** Only figures for Prometheus. */
  readonly isMetricsOnly?: boolean;
  /** Told of a port that is taken. */
  readonly onBusy: (port: number) => void;
}

export interface Served extends AsyncDisposable {
  /** The address to open, with its token. */
  readonly url: string;
  readonly origin: string;
  readonly viewOrigin: string;
  /** For programs. */
  readonly token: string;
}

/** Throws UsageError if no port is free. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { address, own, isMetricsOnly = false } = options;
  const tokens = newTokens();
  const ports = { page: 0, view: 0 };
  const shown = shownName(address);
  const originOf = (port: number): string => `http://${shown}:${port}`;
  const served = createServedJobs(options.places, (id) => {
    return `${originOf(ports.view)}/${tokens.view}/${encodeURIComponent(id)}/v/`;
  });
  const ownId = own === null ? null : (await served.list()).jobs[0]?.id;
  const desk = createJobDesk(
    served,
    createJobThreads(),
    own === null || ownId == null ? null : { id: ownId, job: own },
  );
  const hostsOf = (port: number): ReadonlySet<string> => new Set(namesOf(address).map((name) => `${name}:${port}`));
  const origins = (): ReadonlySet<string> => new Set([...hostsOf(ports.page)].map((host) => `http://${host}`));
  const page = createPageServer({
    ...{ desk, tokens, isMetricsOnly },
    place: () => {
      return { hosts: hostsOf(ports.page), origins: origins(), viewOrigin: originOf(ports.view), port: ports.page };
    },
  });
  const view = createViewServer({
    desk,
    token: tokens.view,
    place: () => ({ hosts: hostsOf(ports.view), pageOrigins: origins() }),
  });
  ports.page = await listen(page, address, options.port, options.onBusy);
  if (!isMetricsOnly) ports.view = await listen(view, address, options.port === 0 ? 0 : ports.page + 1, () => {});
  return {
    url: isMetricsOnly ? `${originOf(ports.page)}/metrics` : `${originOf(ports.page)}/?token=${tokens.page}`,
    origin: originOf(ports.page),
    viewOrigin: originOf(ports.view),
    token: tokens.page,
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await Promise.all([page, view].map(close));
    },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The names by which the server may be asked: another name that leads to its address is not among them. */
function namesOf(address: string): string[] {
  if (isLoopback(address)) return ['127.0.0.1', 'localhost', '[::1]'];
  if (!isEvery(address)) return [inBrackets(address)];
  const others = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map((each) => inBrackets(each.address)),
  );
  return [...new Set(['localhost', hostname().toLowerCase(), ...others])];
}

/** The name in the printed address. */
function shownName(address: string): string {
  if (address === 'localhost') return '127.0.0.1';
  if (!isEvery(address)) return inBrackets(address);
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return inBrackets(all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1');
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\./.test(address);
}

/** Every address of the machine. */
function isEvery(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function inBrackets(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
