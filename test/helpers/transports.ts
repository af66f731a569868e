// The transports over which the tests of fetching run: every test holds for each of them.

import type { Fetcher, FetchOptions } from '../../src/fetch/fetch.ts';
import { certificateMaker } from './certificates.ts';
import { createMultiplexing } from './multiplex.ts';
import { multiplexServer } from './multiplex-server.ts';
import { type Answer, fetcherFor, type RawServer, rawServer } from './raw-server.ts';

export interface Transport {
  readonly name: string;
  /** Many exchanges share a connection, so the end of one leaves the connection open. */
  readonly isShared: boolean;
  readonly serve: (answer: Answer) => Promise<RawServer>;
  readonly fetcherFor: (options?: Partial<FetchOptions>) => Fetcher;
}

export const TRANSPORTS: readonly Transport[] = [
  { name: 'HTTP/1.1', isShared: false, serve: rawServer, fetcherFor },
  {
    name: 'a shared connection',
    isShared: true,
    serve: multiplexServer,
    fetcherFor: (options) => fetcherFor(options, createMultiplexing),
  },
];

/** HTTP/1.1 over TLS, with a certificate that is made in the folder `home`. */
export function overTls(home: string): Transport {
  const certificate = certificateMaker(home).certificate('127.0.0.1');
  return {
    name: 'TLS',
    isShared: false,
    serve: (answer) => rawServer(answer, '127.0.0.1', certificate),
    fetcherFor: (options) => fetcherFor({ insecure: true, ...options }),
  };
}
