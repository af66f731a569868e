// A settled page as the benches of the stores have it.

import type { JobIdentity, Lease, NewUrl, Settlement } from '../src/base/contracts.ts';

export function identityOf(root: string): JobIdentity {
  return { roots: [root], scope: 'host', include: [], exclude: [], depth: null, pageRequisites: false };
}

/** 67 characters on `https://www.example.com`, as the mean URL of a crawl has. */
export function pageUrl(host: string, page: number): NewUrl {
  const path = String(page).padStart(9, '0');
  const url = `${host}/articles/some-readable-words-here/${path}`.padEnd(67, 'x');
  return { url, key: url, host, depth: 3, hops: 0, skip: null };
}

export function settledPage(lease: Lease, links: readonly NewUrl[]): Settlement {
  const sha256 = crypto.getRandomValues(new Uint8Array(32));
  return {
    lease,
    state: 'done',
    reason: null,
    error: null,
    detail: '',
    response: {
      status: 200,
      truncated: null,
      contentType: 'text/html',
      charset: 'utf-8',
      bytes: 34_567,
      sha256,
      title: 'A title of the usual length, on Example.com',
      text: { description: '', language: 'en', canonical: '', robots: [], headings: [] },
    },
    tries: 1,
    dueAt: 0,
    links,
    redirect: null,
    fetchedAt: 1_700_000_000_000 + lease.id,
    elapsedMs: 123,
    remoteAddress: '192.0.2.1',
    place: { file: 'archive/gossamer-00001.warc.gz', offset: lease.id * 9_000, length: 8_765 },
  };
}
