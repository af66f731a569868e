// The pages and files of a job, one after the other: what every view that needs bytes reads.

import type { Content, Contents, Unreadable } from '../base/contents.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { FAULTS_LISTED_MAX } from '../base/limits.ts';

export interface Document {
  readonly row: Row;
  readonly content: Content;
}

/** Places that could not be read: all are counted, the first hundred are told. */
export interface Damages {
  count: number;
  readonly first: (Unreadable & { readonly url: string })[];
}

export function noDamages(): Damages {
  return { count: 0, first: [] };
}

/**
 * Every row that is wanted and has a record, in the order in which URLs were found. What cannot be read goes to `damages`, and the rest is
 * read all the same.
 */
export async function* documents(
  ledger: Ledger,
  contents: Contents,
  isWanted: (row: Row) => boolean,
  damages: Damages,
): AsyncGenerator<Document> {
  for await (const rows of ledger.rows.all()) {
    for (const row of rows) {
      if (row.archive === null || !isWanted(row)) continue;
      const content = await contents.of(row);
      if (content === null) continue;
      if (!('damage' in content)) yield { row, content };
      else noteDamage(damages, content, row);
    }
  }
}

export function noteDamage(damages: Damages, unreadable: Unreadable, { url }: Row): void {
  damages.count += 1;
  if (damages.first.length < FAULTS_LISTED_MAX) damages.first.push({ ...unreadable, url });
}
