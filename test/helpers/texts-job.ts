// A job in memory whose pages have the texts of a test, with rows of every state beside them.

import type { ArchivePlace } from '../../src/base/contracts.ts';
import { openStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { ended, FREE, found, IDENTITY, NOW, RESPONSE, settle } from '../contract/store-samples.ts';
import { MADE_ROOT } from './made-job.ts';

/** Beyond 2^32, where an archive may well be. */
export const FAR: ArchivePlace = { file: 'archive/a-00001.warc.gz', offset: 5_000_000_123, length: 3_000_000_000 };

/**
 * One page per text, which is its title and its description. The root links to all of them, and to URLs that failed,
 * wait or are elsewhere.
 */
export async function jobOfTexts(texts: readonly string[]): Promise<Store> {
  const store = await openStore(':memory:', { identity: IDENTITY, now: NOW });
  await store.frontier.add([found(MADE_ROOT)]);
  const [root] = await store.frontier.lease(1, NOW, FREE);
  const links = [...texts.map((_, at) => `${at}?a=1,2`), 'failed', 'waits'];
  const urls = links.map((path) => found(MADE_ROOT + path, { depth: 1 }));
  const elsewhere = found('https://b.test/', { depth: 1, skip: 'scope' });
  await settle(store.frontier, ended(root!, { links: [...urls, elsewhere], response: { ...RESPONSE, text: null } }));
  for (const [at, text] of texts.entries()) {
    const [lease] = await store.frontier.lease(1, NOW, FREE);
    const pageText = { ...RESPONSE.text!, description: text, language: at % 2 === 0 ? '' : 'de' };
    const response = { ...RESPONSE, title: text, text: pageText, bytes: 2 ** 33 + at };
    await settle(store.frontier, ended(lease!, { response, place: FAR, elapsedMs: at }));
  }
  const [failed] = await store.frontier.lease(1, NOW, FREE);
  await settle(store.frontier, ended(failed!, { state: 'failed', error: 'reset', response: null, tries: 4 }));
  return store;
}
