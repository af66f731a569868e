// Sums over the rows of a job, by the same expressions in both databases. They say how much there is to copy, and
// whether a copy is whole.

import { KEY_COLUMNS, PARTS, type Part, type PartSums } from './parts.ts';

/** Sums of times and places in files could exceed what an integer holds. */
const MODULUS = 1_000_003;

/** How a database names what the two of them name or store differently. */
export interface SumWords {
  /** The table of a part. */
  readonly table: (part: Part) => string;
  /** An expression for the name of a row of `hosts`. */
  readonly hostName: string;
  /** Whether a row has a redirect. */
  readonly redirect: string;
  /** The number of links of a settled URL. */
  readonly links: string;
  /** How many settled URLs have texts, counted links and bad links. */
  readonly found: readonly string[];
}

const count = (column: string): string => `count(${column})`;
const sum = (expression: string): string => `coalesce(sum((${expression}) % ${MODULUS}), 0)`;
const yes = (column: string): string => sum(`CAST(${column} AS integer)`);

function expressionsOf({ hostName, redirect, links, found }: SumWords): Readonly<Record<Part, readonly string[]>> {
  const archive = [count('archive_file'), sum('archive_offset'), sum('archive_length'), count('sha256')];
  return {
    hosts: [
      ...[sum(`length(${hostName})`), count('held_until'), count('robots_fetched_at')],
      ...[sum('robots_status'), sum('length(robots_body)'), yes('answered')],
    ],
    urls: [
      ...[sum('host'), sum('depth'), sum('hops'), sum('skip')],
      ...[count('referrer'), count('key'), sum('length(url)'), count('outer_charset')],
    ],
    queue: [sum('host'), sum('tries'), count('CASE WHEN due_at = 0 THEN 1 END')],
    visits: [
      ...[
        'state',
        'reason',
        'error',
        'status',
        'truncated',
        'bytes',
        'tries',
        'fetched_at',
        'elapsed_ms',
        'protocol',
      ].map(sum),
      ...['content_type', 'charset', 'remote_address', 'title', 'detail', redirect, 'redirect_fragment'].map(count),
      ...[...archive, sum(links), ...found],
    ],
    attempts: [
      ...['number', 'at', 'error', 'status', 'state', 'reason', 'again_at'].map(sum),
      ...[count('form'), count(redirect)],
      ...archive,
    ],
    removals: [sum('at')],
    sitemaps: [
      ...['id', 'host', 'depth', 'entries', 'excess', 'status', 'error'].map(sum),
      ...[count('named_in'), count('verdict'), yes('is_cut')],
    ],
    mentions: [sum('sitemap'), count('lastmod'), count('changefreq'), count('priority')],
    runs: ['started_at', 'ended_at', 'requests', 'bytes', 'peak_in_flight', 'elapsed_ms'].map(sum),
    moved_files: [sum('bytes'), yes('is_there'), sum('length(place)'), sum('length(upload)')],
    cookies: [sum('length(site)'), sum('length(key)'), sum('length(cookie)')],
  };
}

/** The sums by asking `first` for the first row of each statement, as a list of numbers. */
export async function sumsBy(words: SumWords, first: (sql: string) => Promise<readonly unknown[]>): Promise<PartSums> {
  const expressions = expressionsOf(words);
  const sums: [Part, readonly number[]][] = [];
  for (const part of PARTS) {
    const sql = `SELECT count(*), ${expressions[part].join(', ')} FROM ${words.table(part)}`;
    sums.push([part, (await first(sql)).map(Number)]);
  }
  return Object.fromEntries(sums) as unknown as PartSums;
}

/** The same for what a running crawl changes in place. */
export function momentSql({ table }: Pick<SumWords, 'table'>): string {
  const times: readonly (readonly [Part, readonly string[]])[] = [
    ['hosts', ['held_until', 'robots_fetched_at', 'robots_expires_at']],
    ['queue', ['due_at']],
    ['runs', ['updated_at']],
  ];
  const sums = times.flatMap(([part, columns]) => columns.map((each) => `(SELECT ${sum(each)} FROM ${table(part)})`));
  return `SELECT ${sums.join(', ')}`;
}

/** The parts whose sums differ. */
export function partsThatDiffer(one: PartSums, other: PartSums): Part[] {
  return PARTS.filter((part) => one[part].join() !== other[part].join());
}

/** A statement that reads a page of a part whose table has the alias `t`; its parameters are a key. */
export function pageSql(part: Part, select: string, parameters: readonly string[], most: number): string {
  const key = KEY_COLUMNS[part].map((column) => `t.${column}`).join(', ');
  return `${select} WHERE (${key}) > (${parameters.join(', ')}) ORDER BY ${key} LIMIT ${most}`;
}
