// Stands between a store and its server, on a socket beside the server's own. It counts the round trips. It can cut a
// connection so that the answer to a COMMIT is lost, and it can part the two, as when a cable is pulled.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestDatabase } from './postgres.ts';

const OWN_PORT = 5432;

export interface Relay {
  /** The URL of the same database by way of the relay. */
  readonly url: string;
  /** The next connection that sends a COMMIT is cut after it was passed on. */
  cutNext(): void;
  readonly cuts: number;
  /** Nothing passes until `rejoin`: what is sent meanwhile waits, and so does the news that an end was closed. */
  part(): void;
  /** What waited passes, in its order. */
  rejoin(): void;
  /** How often something was sent after an answer had come, over all connections. */
  readonly rounds: number;
  /** Calls once, when so many more rounds have begun. */
  after(rounds: number, then: () => void): void;
  close(): void;
}

/** `port` is part of the socket's name. */
export async function startRelay({ url }: TestDatabase, port: number): Promise<Relay> {
  const folder = new URL(url).searchParams.get('host')!;
  let isCutWanted = false;
  let cuts = 0;
  let rounds = 0;
  let waiting: (() => void)[] | null = null;
  let wanted: { readonly at: number; readonly then: () => void } | null = null;

  const pass = (act: () => void): void => {
    if (waiting === null) act();
    else waiting.push(act);
  };
  const relay = (here: Socket): void => {
    const there = connect(join(folder, `.s.PGSQL.${OWN_PORT}`));
    let isAnswered = true;
    for (const socket of [here, there]) socket.on('error', () => {});
    here.on('close', () => pass(() => there.end()));
    there.on('close', () => pass(() => here.destroy()));
    const send = (bytes: string | Buffer): void => {
      if (isAnswered) rounds += 1;
      isAnswered = false;
      if (wanted !== null && rounds >= wanted.at) {
        wanted.then();
        wanted = null;
      }
      there.write(bytes);
      if (!isCutWanted || !bytes.includes('COMMIT')) return;
      isCutWanted = false;
      cuts += 1;
      // The server does what it was told, and its answer is lost.
      here.destroy();
    };
    here.on('data', (bytes) => pass(() => send(bytes)));
    there.on('data', (bytes) =>
      pass(() => {
        isAnswered = true;
        here.write(bytes);
      }),
    );
  };
  const server = createServer(relay).listen(join(folder, `.s.PGSQL.${port}`));
  await once(server, 'listening');
  server.unref();
  return {
    url: `${url}&port=${port}`,
    cutNext() {
      isCutWanted = true;
    },
    part() {
      waiting ??= [];
    },
    rejoin() {
      const acts = waiting ?? [];
      waiting = null;
      for (const act of acts) act();
    },
    get cuts() {
      return cuts;
    },
    get rounds() {
      return rounds;
    },
    after(more, then) {
      wanted = { at: rounds + more, then };
    },
    close: () => server.close(),
  };
}
