// Asks a server that sends exact frames of HTTP/2, and says what became of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Outcome } from '../../src/base/contracts.ts';
import type { FetchOptions } from '../../src/fetch/fetch.ts';
import { certificateMaker, NO_OPENSSL } from './certificates.ts';
import * as h2 from './http2-frames.ts';
import { ask, bodyText, fetcherFor } from './raw-server.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-frames-'));
after(() => rmSync(home, { recursive: true }));
export const certificate =
  NO_OPENSSL === false
    ? certificateMaker(home).certificate('127.0.0.1')
    : { key: Buffer.alloc(0), cert: Buffer.alloc(0) };

export type Asked = (peer: h2.FramesPeer, stream: number) => Buffer | null;

export interface Told {
  readonly outcomes: readonly Outcome[];
  readonly opened: readonly number[];
}

/** Asks `requests` times at once; what `asked` returns is sent. */
export async function told(
  asked: Asked,
  requests = 1,
  options: Partial<FetchOptions> = {},
  greeting?: Buffer,
): Promise<Told> {
  await using server = await h2.framesServer(
    certificate,
    (peer, stream) => {
      const bytes = asked(peer, stream);
      if (bytes !== null) peer.socket.write(bytes);
    },
    greeting,
  );
  await using fetcher = fetcherFor({ insecure: true, http2: true, ...options });
  const outcomes = await Promise.all(Array.from({ length: requests }, () => ask(fetcher, server.url)));
  return { outcomes, opened: server.opened };
}

export const errorsOf = ({ outcomes }: Told): string[] => outcomes.map((outcome) => outcome.error ?? bodyText(outcome));
