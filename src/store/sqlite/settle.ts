// Ends leases in `outcomes`, `page_texts`, `bad_links`, `unkept_links`, `queue` and `attempts`.

import type { DatabaseSync } from 'node:sqlite';
import type { PageText, Settlement } from '../../base/contracts.ts';
import { DETAIL_LENGTH_MAX } from '../../base/limits.ts';
import { ERRORS, REASONS, STATES, TRUNCATIONS } from '../codes.ts';
import { ASKED_DUE_AT, LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import { DEEP, type Depths } from '../memory/depths.ts';
import { protocolCode } from '../row-parts.ts';
import type { UrlAdder } from './admit.ts';
import { createBadLinkWriter } from './bad-links.ts';
import { query } from './database.ts';
import type { Dictionary } from './dictionary.ts';
import { createLinkListWriter } from './link-list.ts';
import type { StoredTimes } from './times.ts';

export interface SettlementWriter {
  /** Writes links of a page whose outcome is written later: those from index `from` up to but not including `to`. */
  admitAhead(settlement: Settlement, from: number, to: number): void;
  /** Writes the outcome together with what the page links to. */
  end(settlement: Settlement): void;
  /**
   * Puts the URL back into the queue. The links of its response are ignored; the try that settles the URL writes them.
   */
  putBack(settlement: Settlement): Returned;
}

interface LinkedAhead {
  readonly linked: Set<number>;
  readonly nearer: number;
  /** The number of links that were written. */
  upTo: number;
}

const SHA256_BYTES = 32;

export interface SettlementParts {
  readonly admission: UrlAdder;
  readonly words: Dictionary;
  readonly depths: Depths;
  readonly times: StoredTimes;
}

export function createSettlementWriter(db: DatabaseSync, parts: SettlementParts): SettlementWriter {
  const { admission, words, depths, times } = parts;
  const insertOutcome = db.prepare(`INSERT INTO outcomes VALUES (${Array(23).fill('?').join(', ')})`);
  const leaveQueue = db.prepare('DELETE FROM queue WHERE host = ? AND url = ?');
  const defer = db.prepare('UPDATE queue SET due_at = ?, tries = ? WHERE host = ? AND url = ?');
  const insertUnkept = db.prepare('INSERT INTO unkept_links VALUES (?, ?, ?, ?)');
  const insertText = db.prepare('INSERT INTO page_texts VALUES (?, ?, ?, ?, ?)');
  const insertAttempt = db.prepare(`INSERT INTO attempts
      (url, number, at, error, status, form, archive_file, archive_offset, archive_length, sha256)
    SELECT ?1, ifnull(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM attempts WHERE url = ?1`);
  const readDepth = query(db, 'SELECT depth FROM urls WHERE id = ?');
  const addBadLinks = createBadLinkWriter(db, words);
  const lists = createLinkListWriter();
  const linked = new Set<number>();
  /** By the id of a page, what was written of its links ahead of it. */
  const ahead = new Map<number, LinkedAhead>();

  /** By how many links the page has come nearer to a root since it was leased. */
  const nearerBy = ({ lease: { id, depth } }: Settlement): number => {
    const known = depths.of(id);
    return depth - (known === DEEP ? (readDepth.get(id)![0] as number) : known);
  };

  const linkAll = (
    into: Set<number>,
    { lease: { id }, links }: Settlement,
    nearer: number,
    from: number,
    to: number,
  ) => {
    for (let at = from; at < to; at += 1) {
      const link = links[at]!;
      const known = admission.admit(link, id, nearer);
      // Nobody comes nearer by a link that is not followed.
      if (link.nofollow !== true) into.add(known);
    }
  };

  /** All ids of the links; null if not all were written ahead, or the page has come nearer to a root since. */
  const linkedAhead = ({ lease: { id }, links }: Settlement, nearer: number): ReadonlySet<number> | null => {
    const done = ahead.get(id);
    ahead.delete(id);
    return done !== undefined && done.upTo === links.length && done.nearer === nearer ? done.linked : null;
  };

  const linksOf = (settlement: Settlement): Uint8Array | null => {
    const { length } = settlement.links;
    if (length === 0) return null;
    const nearer = nearerBy(settlement);
    const written = linkedAhead(settlement, nearer);
    if (written === null) {
      linked.clear();
      linkAll(linked, settlement, nearer, 0, length);
    }
    const all = written ?? linked;
    return all.size === 0 ? null : lists.encode(settlement.lease.id, all);
  };

  const addText = (id: number, { description, language, canonical, robots }: PageText): void => {
    if (description === '' && language === '' && canonical === '' && robots.length === 0) return;
    const said = robots.length === 0 ? null : words.idOf(robots.join(' '));
    insertText.run(id, description || null, words.idOrNull(language), canonical || null, said);
  };

  const addAttempt = ({ lease, fetchedAt, error, response, form, place }: Settlement): void => {
    const file = place === null ? null : words.idOf(place.file);
    insertAttempt.run(
      ...[lease.id, Math.round(fetchedAt), ERRORS.code(error), response?.status ?? 0, form ?? null],
      ...[file, place?.offset ?? null, place?.length ?? null, file === null ? null : (response?.sha256 ?? null)],
    );
  };

  return {
    admitAhead(settlement, from, to) {
      const { id } = settlement.lease;
      const nearer = nearerBy(settlement);
      if (from === 0) ahead.set(id, { linked: new Set(), nearer, upTo: 0 });
      const done = ahead.get(id);
      // Where a transaction failed between two parts, what came before is known to the database alone.
      const isNext = done !== undefined && done.upTo === from && done.nearer === nearer;
      linkAll(isNext ? done.linked : new Set(), settlement, nearer, from, to);
      if (isNext) done.upTo = to;
    },
    end(settlement) {
      const { lease, response, place, redirect, state } = settlement;
      assertEnd(settlement);
      const links = linksOf(settlement);
      const redirectTo = redirect === null ? null : admission.admit(redirect, lease.id, nearerBy(settlement));
      const wasAsked = settlement.fetchedAt > 0;
      insertOutcome.run(
        lease.id,
        STATES.all.get(state as 'done')!,
        REASONS.code(settlement.reason),
        ERRORS.code(settlement.error),
        response === null ? null : response.status,
        response === null ? null : TRUNCATIONS.code(response.truncated),
        response === null ? null : words.idOrNull(response.contentType),
        response === null ? null : words.idOrNull(response.charset),
        response === null ? null : response.bytes,
        settlement.tries,
        wasAsked ? Math.round(settlement.fetchedAt) : null,
        wasAsked ? Math.round(settlement.elapsedMs) : null,
        words.idOrNull(settlement.remoteAddress),
        place === null ? null : words.idOf(place.file),
        place === null ? null : place.offset,
        place === null ? null : place.length,
        redirectTo,
        response === null ? null : response.sha256,
        response === null || response.title === '' ? null : response.title,
        links,
        settlement.detail.slice(0, DETAIL_LENGTH_MAX) || null,
        settlement.redirectFragment || null,
        protocolCode(settlement.protocol),
      );
      if (response !== null && response.text !== null) addText(lease.id, response.text);
      addBadLinks(lease.id, settlement.badLinks ?? []);
      const { dropped = 0, tooLong = 0, otherScheme = 0 } = settlement.unkept ?? {};
      if (dropped + tooLong + otherScheme > 0) insertUnkept.run(lease.id, dropped, tooLong, otherScheme);
      assertOne(leaveQueue.run(lease.hostId, lease.id).changes, lease.id);
    },
    putBack(settlement) {
      const { lease, tries, dueAt, form } = settlement;
      const { id, hostId } = lease;
      if (settlement.fetchedAt > 0) addAttempt(settlement);
      // Another form of the URL was not requested yet, so it counts as one more. A lease may also end without one.
      const isNew = form !== undefined || (settlement.fetchedAt === 0 && !lease.wasAsked);
      const due = isNew ? LONG_DUE_AT : dueAt > ASKED_DUE_AT ? times.toWall(dueAt) : ASKED_DUE_AT;
      assertOne(defer.run(due, tries, hostId, id).changes, id);
      return { id, dueAt: isNew ? LONG_DUE_AT : Math.max(ASKED_DUE_AT, Math.ceil(dueAt)), tries };
    },
  };
}

function assertEnd({ lease, state, reason, response }: Settlement): void {
  if ((state === 'skipped') !== (reason !== null)) {
    throw new Error(`store: ${lease.url} was settled as ${state} with the reason ${reason}`);
  }
  if (response !== null && response.sha256 !== null && response.sha256.length !== SHA256_BYTES) {
    throw new Error(`store: the SHA-256 of ${lease.url} has ${response.sha256.length} bytes`);
  }
}

function assertOne(changes: number | bigint, id: number): void {
  if (Number(changes) !== 1) throw new Error(`store: row ${id} was leased and is not in the queue`);
}
