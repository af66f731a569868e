// What a job of several hosts and workers has left, held against the site: host by host with the checks of a job on one
// machine.

import {
  type Complaint,
  checkFiles,
  checkRows,
  checkSet,
  checkWire,
  type OnTheWire,
  type Truth,
} from '../invariants.ts';
import type { Stored } from '../rows.ts';
import type { SiteRequest } from '../site.ts';
import type { WarcFile } from '../warc.ts';
import type { Web } from '../web.ts';
import type { Written } from '../written.ts';

export interface Left {
  readonly stored: Stored;
  readonly archive: readonly WarcFile[];
  readonly log: readonly SiteRequest[];
}

/** Holds when the crawl is over. */
export function checkTeam(web: Web, written: Written, { stored, archive, log }: Left): OnTheWire {
  const complaints: Complaint[] = stored.wrong.map((what) => ({ harm: 'lost', what }));
  let repeats = 0;
  const rows = Map.groupBy(stored.rows, ({ url }) => URL.parse(url)?.origin ?? '');
  const requests = Map.groupBy(log, ({ host }) => `http://${host}`);
  for (const [root, pages] of web) {
    const truth: Truth = { root, pages, written };
    const own: Stored = { rows: rows.get(root) ?? [], wrong: [] };
    const onWire = checkWire(truth, requests.get(root) ?? [], Number.POSITIVE_INFINITY);
    complaints.push(...checkRows(truth, own, archive), ...checkSet(truth, own), ...onWire.complaints);
    repeats += onWire.repeats;
  }
  if (written.archive) complaints.push(...checkFiles(stored, archive, archive));
  const queued = stored.rows.filter(({ state }) => state === 'queued').length;
  if (queued > 0) complaints.push({ harm: 'lost', what: `the crawl is over, and ${queued} URLs are queued` });
  return { complaints, repeats };
}
