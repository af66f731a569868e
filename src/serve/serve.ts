// Starts the servers of the page: the one of the page and its API, and the one of archived pages.

import type { Server } from 'node:http';
import { newTokens } from './guard.ts';
import { createJobDesk } from './job-desk.ts';
import { createJobThreads } from './job-threads.ts';
import { listen } from './listen.ts';
import type { OwnJob } from './live/own-job.ts';
import { browserName, namesOf, plainAddress, shownName, withPort } from './names.ts';
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
  /** For programs. */
  readonly origin: string;
  /** For the browser, as `url`. */
  readonly viewOrigin: string;
  /** For programs. */
  readonly token: string;
}

const PORT_MOST = 65_535;

/** Throws UsageError if no port is free. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { own, isMetricsOnly = false } = options;
  const address = plainAddress(options.address);
  const tokens = newTokens();
  const ports = { page: 0, view: 0 };
  const originOf = (port: number, name = browserName(address)): string => `http://${withPort(name, port)}`;
  const served = createServedJobs(options.places, (id) => {
    return `${originOf(ports.view)}/${tokens.view}/${encodeURIComponent(id)}/v/`;
  });
  const ownId = own === null ? null : (await served.list()).jobs[0]?.id;
  const desk = createJobDesk(
    served,
    createJobThreads(),
    own === null || ownId == null ? null : { id: ownId, job: own },
  );
  const hostsOf = (port: number): ReadonlySet<string> => new Set(namesOf(address).map((name) => withPort(name, port)));
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
  const isNear = options.port !== 0 && ports.page < PORT_MOST;
  if (!isMetricsOnly) ports.view = await listen(view, address, isNear ? ports.page + 1 : 0, () => {});
  return {
    url: isMetricsOnly ? `${originOf(ports.page)}/metrics` : `${originOf(ports.page)}/?token=${tokens.page}`,
    origin: originOf(ports.page, shownName(address)),
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
