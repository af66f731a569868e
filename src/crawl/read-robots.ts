// Reads the robots.txt that was fetched for a host, in slices: a long one would hold up all other hosts.

import type { Outcome, RobotsRecord } from '../base/contracts.ts';
import type { Sliced } from '../base/slices.ts';
import { forbidsAll, nextRobotsUrl, robotsRecord } from '../robots/policy.ts';
import type { RobotsRules } from '../robots/rules.ts';
import { createRulesReader } from '../robots/shared.ts';
import { hostOf } from '../url/host.ts';

export interface RobotsConfig {
  readonly robots: boolean;
  /** A robots.txt with status 401 or 403 forbids the host. By RFC 9309, section 2.3.1.3, it would allow everything. */
  readonly robotsForbiddenDenies: boolean;
  /** The product token that is matched with robots.txt. */
  readonly agent: string;
  /** What differs for a host; null if nothing does. */
  readonly own?: (host: string) => { readonly agent?: string } | null;
}

const NOTHING = new Uint8Array(0);
const DENY_ALL = Buffer.from('User-agent: *\nDisallow: /\n');

/** A record with the rules in it. */
export interface RobotsRead {
  readonly record: RobotsRecord;
  readonly rules: RobotsRules;
}

export interface RobotsReader {
  /** Reads what the last answer on the way to a robots.txt says, before it is applied. */
  answer(outcome: Outcome, asked: readonly string[], now: number): Sliced<RobotsRead | null>;
  /** The rules that a record means. */
  record(record: RobotsRecord, host: string): Sliced<RobotsRules>;
}

export function createRobotsReader(config: RobotsConfig): RobotsReader {
  const reading = createRulesReader();
  const readingRecord = (record: RobotsRecord, host: string): Sliced<RobotsRules> => {
    const { status, body } = record;
    const isForbidden = status === 401 || status === 403;
    const denies = forbidsAll(record) || (isForbidden && config.robotsForbiddenDenies);
    return reading(denies ? DENY_ALL : (body ?? NOTHING), config.own?.(host)?.agent ?? config.agent);
  };
  return {
    *answer(outcome, asked, now) {
      const isLast = nextRobotsUrl(outcome, asked) === null;
      const record = isLast && config.robots ? robotsRecord(outcome, now) : null;
      return record === null ? null : { record, rules: yield* readingRecord(record, hostOf(asked[0]!)) };
    },
    record: readingRecord,
  };
}
