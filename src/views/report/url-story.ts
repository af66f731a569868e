// Everything that the ledger knows about one URL: how it was found, what was tried, what its host answered.

import { createHash } from 'node:crypto';
import type { Contents } from '../../base/contents.ts';
import type {
  Attempt,
  HostRow,
  JobIdentity,
  JobReader,
  Ledger,
  Mention,
  Row,
  RowReader,
  TakenBack,
} from '../../base/contracts.ts';
import { UsageError } from '../../base/errors.ts';
import { REFERRERS_SHOWN_MAX } from '../../base/limits.ts';
import { ArchiveAway } from '../../base/machine.ts';
import { hostOf } from '../../url/host.ts';
import { agentsIn } from '../../url/host-agents.ts';
import { keyOfJob, leftOutOfKey, plainKey } from '../../url/key.ts';
import { isoTime, recordOf, type UrlRecord } from '../tables/record.ts';

export interface UrlStory extends UrlRecord {
  /** Parameters of its URL that the key leaves out. URLs that differ only in these count as the same page. */
  readonly leftOut: readonly string[];
  /**
   * The URL that the user typed, if it differs from this one but counts as the same page, with the parts that the key
   * leaves out; otherwise null.
   */
  readonly takenFor: { readonly url: string; readonly leftOut: readonly string[] } | null;
  /** The identity of the job: scope, patterns and depth decide which URLs belong to it. */
  readonly identity: JobIdentity;
  /** The path from the page that led to it back to a root. */
  readonly foundOn: readonly PathStep[];
  /** What a sitemap says about it; null if no sitemap lists it. */
  readonly sitemap: Mention | null;
  /** How many redirects led to the URL. */
  readonly hops: number;
  /** The targets of its redirects, hop by hop. */
  readonly redirects: readonly PathStep[];
  /** When the next try may begin, ISO 8601; null if it does not wait for one. */
  readonly dueAt: string | null;
  /** When it was taken down, ISO 8601; null if it was not. */
  readonly removedAt: string | null;
  /**
   * Tries that did not settle it, redirects to other forms of it, and settlements that a retry undid; the earliest
   * first.
   */
  readonly attempts: readonly AttemptStory[];
  readonly host: HostStory | null;
  /** Why its record cannot be read; null if it can, or if it has none. */
  readonly unreadable: string | null;
  /** Nothing is known about its record now, because the place of the archive does not answer or is not there. */
  readonly isAway: boolean;
}

export interface AttemptStory extends Pick<Attempt, 'error' | 'status' | 'form'> {
  /** ISO 8601; null if there was no request. */
  readonly at: string | null;
  /** Null for a try that did not settle it. */
  readonly takenBack: (Omit<TakenBack, 'againAt'> & { readonly againAt: string | null }) | null;
}

export interface PathStep {
  readonly url: string;
  readonly state: Row['state'] | null;
  readonly status: number | null;
  readonly depth: number | null;
  /** When the page was fetched and its links were found, ISO 8601. */
  readonly fetchedAt: string | null;
  /** The fragment of the redirect that leads to it, with its `#`; null if there is none. */
  readonly fragment: string | null;
}

export interface HostStory {
  readonly host: string;
  readonly heldUntil: string | null;
  readonly why: string | null;
  readonly robots: {
    readonly fetchedAt: string | null;
    /** Null if it is requested again before the next page. */
    readonly expiresAt: string | null;
    readonly status: number;
    readonly bytes: number | null;
    /** What it says about the URL; null if no request to the host is allowed now. */
    readonly verdict: RobotsVerdict | null;
  } | null;
}

export interface RobotsVerdict {
  readonly allowed: boolean;
  /** The number of the line that decides, from 1; 0 if no line does. */
  readonly line: number;
  /** The text of that line. */
  readonly text: string;
}

/** Applies a robots.txt as the crawl does, for the product token `agent`. */
export type JudgeRobots = (body: Uint8Array, agent: string, url: string) => RobotsVerdict;

/** Null if the URL was never seen. `urlOrKey` is a URL or a key, as in `RowReader.find`. */
export async function urlStory(
  ledger: Ledger,
  contents: Contents,
  urlOrKey: string,
  judge: JudgeRobots,
): Promise<UrlStory | null> {
  const { rows } = ledger;
  const identity = await ledger.job.identity();
  const row = (await rows.find(urlOrKey)) ?? (await rows.find(keyOfJob(identity)(urlOrKey)));
  if (row === null) return null;
  const isAnother = plainKey(urlOrKey) !== plainKey(row.url) && urlOrKey !== row.key;
  return {
    ...recordOf(row),
    leftOut: leftOutOfKey(row.url, identity),
    takenFor: isAnother ? { url: urlOrKey, leftOut: leftOutOfKey(urlOrKey, identity) } : null,
    identity,
    foundOn: await chain(rows, row, ({ referrer }) => [referrer, null]),
    sitemap: (await rows.mentions([row.id]))[0]!,
    hops: row.hops,
    redirects: await chain(rows, row, ({ redirectTo, redirectFragment }) => [redirectTo, redirectFragment]),
    dueAt: row.state === 'queued' ? isoTime(row.dueAt) : null,
    removedAt: isoTime(await rows.removedAt(row.id)),
    attempts: (await rows.attempts(row.id)).map(attemptStory),
    host: await hostStory(ledger.job, row.url, judge),
    ...(await unreadable(contents, row)),
  };
}

type Read = Pick<UrlStory, 'unreadable' | 'isAway'>;

async function unreadable(contents: Contents, row: Row): Promise<Read> {
  try {
    return { unreadable: wrongWith(row, await contents.of(row)), isAway: false };
  } catch (error) {
    // What was decided about the URL is in the store.
    if (error instanceof ArchiveAway || error instanceof UsageError) return { unreadable: error.message, isAway: true };
    throw error;
  }
}

/** Null if it is the content of the row. */
function wrongWith(row: Row, content: Awaited<ReturnType<Contents['of']>>): string | null {
  if (content === null) return null;
  if ('damage' in content) return content.isTooLong === true ? null : content.damage;
  const isAnother = URL.parse(content.url)?.host !== URL.parse(row.url)?.host || content.status !== row.status;
  if (isAnother) return `the record there is of ${content.url}, status ${content.status}`;
  const isSame = row.sha256 === null || createHash('sha256').update(content.rawBody).digest('hex') === row.sha256;
  return isSame ? null : 'its payload is not what its digest says';
}

function attemptStory({ at, error, status, form, takenBack }: Attempt): AttemptStory {
  const again = takenBack === null ? null : { ...takenBack, againAt: isoTime(takenBack.againAt) };
  return { at: at > 0 ? isoTime(at) : null, error, status, form, takenBack: again };
}

// Follows a chain and stops at a row that it has seen: through a redirect, a page may be its own ancestor.
async function chain(
  rows: RowReader,
  from: Row,
  next: (row: Row) => readonly [url: string | null, fragment: string | null],
): Promise<PathStep[]> {
  const steps: PathStep[] = [];
  const seen = new Set<string>([from.url]);
  let [url, fragment] = next(from);
  while (url !== null && !seen.has(url) && steps.length < REFERRERS_SHOWN_MAX) {
    seen.add(url);
    const row = await rows.find(url);
    const { state = null, status = null, depth = null } = row ?? {};
    steps.push({ url, state, status, depth, fetchedAt: isoTime(row?.fetchedAt ?? null), fragment });
    [url, fragment] = row === null ? [null, null] : next(row);
  }
  return steps;
}

async function hostStory({ hosts, runs }: JobReader, url: string, judge: JudgeRobots): Promise<HostStory | null> {
  const wanted = hostOf(url);
  for await (const page of hosts()) {
    const row = page.find(({ host }) => host === wanted);
    if (row === undefined) continue;
    const { host, heldUntil, why } = row;
    const agent = agentsIn((await runs()).at(-1)?.agent ?? '')(wanted);
    const robots = robotsStory(row.robots, (body) => judge(body, agent, url));
    return { host, heldUntil: isoTime(heldUntil), why, robots };
  }
  return null;
}

function robotsStory(robots: HostRow['robots'], verdictOf: (body: Uint8Array) => RobotsVerdict): HostStory['robots'] {
  if (robots === null) return null;
  const { fetchedAt, expiresAt, status, body } = robots;
  return {
    fetchedAt: isoTime(fetchedAt),
    expiresAt: expiresAt > 0 ? isoTime(expiresAt) : null,
    status,
    bytes: body?.length ?? null,
    verdict: body === null ? null : verdictOf(body),
  };
}
