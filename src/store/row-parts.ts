// Parts of a row of the ledger that both databases store alike.

import type { ArchivePlace, Row, UrlState } from '../base/contracts.ts';
import { PROTOCOLS, STATES } from './codes.ts';

type Int = number | null;

/** The state of a row that is not queued. */
export function settledState(id: number, state: Int, skip: Int): UrlState {
  const settled = STATES.word(state);
  if (settled !== null) return settled;
  if (skip === null) throw new Error(`store: row ${id} is neither queued nor settled nor skipped`);
  return 'skipped';
}

/** Null for a row without a record. */
export function placeOf(file: string | null, offset: Int, length: Int): ArchivePlace | null {
  return file === null || offset === null || length === null ? null : { file, offset, length };
}

/** What a response came by; null without one. */
export function protocolOf(status: Int, protocol: Int): Row['protocol'] {
  return status === null ? null : (PROTOCOLS.word(protocol) ?? 'http/1.1');
}

/** How that is stored: as nothing for HTTP/1.1. */
export function protocolCode(protocol: string | undefined): Int {
  return protocol === 'h2' ? PROTOCOLS.code(protocol) : null;
}
