// Yields the pages and files of a job, one after the other. Every view that needs bodies uses it.

import { systemClock } from '../base/clock.ts';
import type { Content, Contents, Unreadable } from '../base/contents.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { FAULTS_LISTED_MAX } from '../base/limits.ts';
import { createPauses } from '../base/pauses.ts';
import { soundRows, type Unwritten } from './unwritten.ts';

export interface Document {
  readonly row: Row;
  readonly content: Content;
}

/** The places that could not be read. All of them are counted, the first hundred are listed. */
export interface Damages {
  count: number;
  readonly first: (Unreadable & { readonly url: string })[];
}

/** What an export lacks. */
export interface Lacks {
  readonly damages: Damages;
  readonly unwritten: Unwritten;
}

export function noDamages(): Damages {
  return { count: 0, first: [] };
}

/**
 * Yields every wanted row that has a record, in the order in which URLs were found. A record that cannot be read goes
 * to `damages`, and the next one follows.
 */
export async function* documents(
  ledger: Ledger,
  contents: Contents,
  isWanted: (row: Row) => boolean,
  { damages, unwritten }: Lacks,
): AsyncGenerator<Document> {
  const pause = createPauses(systemClock);
  for await (const rows of soundRows(ledger, unwritten)) {
    for (const row of rows) {
      if (row.archive === null || !isWanted(row)) continue;
      await pause();
      const content = await contents.of(row);
      if (content === null) continue;
      if (!('damage' in content)) yield { row, content };
      else noteDamage(damages, content, row);
    }
  }
}

export function noteDamage(damages: Damages, unreadable: Unreadable, { url }: Pick<Row, 'url'>): void {
  damages.count += 1;
  if (damages.first.length < FAULTS_LISTED_MAX) damages.first.push({ ...unreadable, url });
}
