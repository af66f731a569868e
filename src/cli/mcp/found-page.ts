// Finds the row of a URL that a tool was given.

import type { Row } from '../../base/contracts.ts';
import { findRow } from '../job.ts';
import type { OpenJob } from './jobs.ts';
import { ToolError } from './tool.ts';

const REDIRECTS_MAX = 20;

/** Throws ToolError if the job has never seen the URL. */
export async function seenRow({ ledger, folder }: OpenJob, url: string): Promise<Row> {
  const row = await findRow(ledger, url);
  if (row !== null) return row;
  throw new ToolError(
    'unknown-url',
    `${url} is not a URL of the job ${folder}. map lists its URLs, search finds pages.`,
  );
}

/** The row at the end of the redirects of a row, as far as the job has it. */
export async function endOf({ ledger }: OpenJob, row: Row): Promise<Row> {
  const met = new Set<number>();
  let at = row;
  while (at.redirectTo !== null && !met.has(at.id) && met.size < REDIRECTS_MAX) {
    met.add(at.id);
    const next = await ledger.rows.find(at.redirectTo);
    if (next === null) break;
    at = next;
  }
  return at;
}
