// Listens on a port. A port that is taken is told, and the next one is tried.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../base/errors.ts';
import { PORTS_TRIED_MAX } from '../base/limits-of-serving.ts';

/** Resolves with the port. `port` 0 takes any free one. Throws UsageError. */
export async function listen(
  server: Server,
  address: string,
  port: number,
  onBusy: (port: number) => void,
): Promise<number> {
  for (let tried = port; tried < port + PORTS_TRIED_MAX && tried <= 65_535; tried += 1) {
    const failure = await tryPort(server, address, tried);
    if (failure === null) return (server.address() as AddressInfo).port;
    if (failure.code !== 'EADDRINUSE') throw new UsageError(`Port ${tried} on ${address}: ${failure.message}.`);
    onBusy(tried);
  }
  throw new UsageError(`No port from ${port} on is free on ${address}: --port gives another one.`);
}

function tryPort(server: Server, address: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once('error', onError);
    server.listen(port, address, () => {
      server.off('error', onError);
      resolve(null);
    });
  });
}
