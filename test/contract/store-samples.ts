// What the parts of the store's contract suite are made of.

import { test } from 'node:test';
import type {
  ExclusionKeeper,
  Frontier,
  HostRoom,
  HostShelf,
  JobIdentity,
  Lease,
  Ledger,
  MovedFiles,
  NewUrl,
  Response,
  Settlement,
} from '../../src/base/contracts.ts';
import type { CookieShelf } from '../../src/base/cookies.ts';

export interface OpenedStore {
  readonly frontier: Frontier;
  readonly hosts: HostShelf;
  readonly ledger: Ledger;
  readonly movedFiles: MovedFiles;
  readonly exclusions: ExclusionKeeper;
  readonly cookies: CookieShelf;
  readonly resumed: boolean;
}

/** A place for one job. */
export interface StorePlace {
  open(identity?: JobIdentity, now?: number): Promise<OpenedStore>;
  /**
   * A reader as another process has it; null where the store is in memory, which also means that nothing outlasts it.
   */
  readonly reader: (() => Ledger | Promise<Ledger>) | null;
  remove(): void | Promise<void>;
}

export const NOW = 1_700_000_000_000;
export const FREE = (): HostRoom => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });
export const SHUT = (): HostRoom => ({ take: 0, notBefore: Number.POSITIVE_INFINITY });

export const IDENTITY: JobIdentity = {
  roots: ['https://example.com/'],
  scope: 'host',
  include: [],
  exclude: ['/private'],
  depth: null,
  pageRequisites: false,
};

export const RESPONSE: Response = {
  status: 200,
  truncated: null,
  contentType: 'text/html',
  charset: 'utf-8',
  bytes: 1234,
  sha256: new Uint8Array(32).fill(0xab),
  title: 'A page',
  text: {
    description: 'What it is about',
    language: 'en',
    canonical: 'https://a.test/here',
    robots: ['noarchive', 'max-snippet:10'],
    headings: [],
  },
};

/** A URL as it is found: its key is itself unless another is given. */
export function found(url: string, more: Partial<NewUrl> = {}): NewUrl {
  return { url, key: url, host: new URL(url).origin, depth: 0, hops: 0, skip: null, ...more };
}

/** A lease that ended well. */
export function ended(lease: Lease, more: Partial<Settlement> = {}): Settlement {
  return {
    lease,
    state: 'done',
    reason: null,
    error: null,
    detail: '',
    response: RESPONSE,
    tries: lease.tries + 1,
    dueAt: 0,
    links: [],
    redirect: null,
    fetchedAt: NOW,
    elapsedMs: 12,
    remoteAddress: '127.0.0.1',
    place: null,
    ...more,
  };
}

export async function settle(frontier: Frontier, ...settlements: Settlement[]): Promise<void> {
  await frontier.settle({ settlements, hosts: [], run: null });
}

export interface Suite {
  readonly name: string;
  /** Which share of the usual number of random runs is made; less for a store on which each one takes long. */
  readonly randomShare: number;
  newPlace(): StorePlace;
}

/** A test in a new store that is closed after it. */
export function inStore(
  suite: Suite,
  what: string,
  body: (store: OpenedStore, place: StorePlace) => Promise<void>,
): void {
  test(`${suite.name}: ${what}`, async () => {
    const place = suite.newPlace();
    const store = await place.open();
    try {
      await body(store, place);
    } finally {
      await store.frontier.close();
      await place.remove();
    }
  });
}
