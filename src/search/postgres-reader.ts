// Asks the index in PostgreSQL. The rank is computed as FTS5 does it (bm25 with k1 = 1.2 and b = 0.75), so that the
// answers are those of SQLite.

import type { JobTables } from '../base/contracts.ts';
import type { IndexReader, PageFacts, Ranked, SearchedPart } from './index-store.ts';
import { type Match, type Phrase, rankedPhrases, type Variants } from './match.ts';
import { ALL_TERMS, assertIndexed, termsColumn } from './postgres-tables.ts';
import type { Filter } from './question.ts';
import { lastOfShard, shardOf } from './shards.ts';
import { COLUMNS, WEIGHTS } from './weights.ts';

/** Collects the values of a statement. */
class Values {
  readonly list: unknown[] = [];

  /** Returns the place of the value in the statement. */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** Columns of terms, each with its weight. */
type Weighed = readonly (readonly [column: string, weight: number])[];

const PARTS: Readonly<Record<SearchedPart, Weighed>> = {
  all: COLUMNS.map((name) => [`p.${termsColumn(name)}`, WEIGHTS[name]] as const),
  title: [[`p.${termsColumn('title')}`, WEIGHTS.title]],
  anchors: [['n.terms', 1]],
};
const RANKED = `p.id, p.url, p.named, char_length(coalesce(p.title, '')), p.likeness_high, p.likeness_low`;
const HOST = `split_part(split_part(p.url, '://', 2), '/', 1)`;
/** The first folder of the path; `/` outside of all folders. */
const FOLDER = `coalesce(substring(p.url FROM '^[^:]+://[^/]+(/[^/?]+/)'), '/')`;
const FACETS = { host: HOST, folder: FOLDER, type: 'p.type', language: 'p.language' } as const;

/** Throws JobError if there is no index that can be read. */
export async function openPostgresReader(tables: JobTables, folder: string): Promise<IndexReader> {
  await assertIndexed(tables, folder);
  const { schema, ask } = tables;
  const pages = `${schema}.search_pages p`;
  const matchedSql = (match: Match | null, filters: readonly Filter[], most: number, shard: number) => {
    const values = new Values();
    const found = (part: SearchedPart): string =>
      `SELECT p.id FROM ${from(schema, part)} WHERE ${match === null ? 'true' : isMatch(schema, match, part, values)}
        AND ${isFiltered(filters, values)} AND ${isIn(shard)}`;
    const either = match === null ? found('all') : `${found('all')} UNION ${found('anchors')}`;
    return { sql: `${either} ORDER BY 1 LIMIT ${values.add(most)}`, values };
  };
  const number = async (sql: string, values: Values): Promise<number> =>
    Number((await ask(sql, values.list)).rows[0]![0]);
  return {
    async shards() {
      const last = await number(`SELECT coalesce(max(p.id), 0) FROM ${pages}`, new Values());
      return last === 0 ? [] : Array.from({ length: shardOf(last) + 1 }, (_, shard) => shard);
    },
    pages: () => number(`SELECT count(*) FROM ${pages}`, new Values()),
    async languages(most) {
      const select = `SELECT language FROM ${pages} GROUP BY 1 ORDER BY count(*) DESC, language COLLATE "C" LIMIT $1`;
      return (await ask(select, [most])).rows.map(([language]) => language as string);
    },
    async pagesWith(terms, among = Number.MAX_SAFE_INTEGER) {
      const vector = `${schema}.search_vector(${ALL_TERMS})`;
      const [[last = Number.MAX_SAFE_INTEGER] = []] = (
        await ask(`SELECT p.id FROM ${pages} ORDER BY p.id LIMIT 1 OFFSET $1`, [among - 1])
      ).rows;
      const { rows } = await ask(
        `SELECT term, (SELECT count(*) FROM ${pages} WHERE ${vector} @@ ('''' || term || '''')::tsquery AND p.id <= $2)
          FROM unnest($1::text[]) term`,
        [terms, last],
      );
      return new Map(rows.map(([term, count]) => [term as string, Number(count)]));
    },
    async isInTitle(match, shard) {
      const values = new Values();
      const isFound = `${isMatch(schema, match, 'title', values)} AND ${isIn(shard)}`;
      const sql = `SELECT count(*) FROM (SELECT 1 FROM ${pages} WHERE ${isFound} LIMIT 1) x`;
      return (await number(sql, values)) > 0;
    },
    candidates: (match, part, filters, most, shard) => candidates(tables, match, part, filters, { most, shard }),
    async listed(filters, most) {
      const values = new Values();
      const where = isFiltered(filters, values);
      const sql = `SELECT ${RANKED} FROM ${pages} WHERE ${where} ORDER BY p.url COLLATE "C" LIMIT ${values.add(most)}`;
      return (await ask(sql, values.list)).rows.map((row) => rankedOf(row, 0));
    },
    async matched(match, filters, most, shard) {
      const { sql, values } = matchedSql(match, filters, most, shard);
      return (await ask(sql, values.list)).rows.map(([id]) => Number(id));
    },
    count(match, filters, most, shard) {
      const { sql, values } = matchedSql(match, filters, most, shard);
      return number(`SELECT count(*) FROM (${sql}) x`, values);
    },
    async alike(most, examples) {
      const { rows } = await ask(
        `SELECT count(*), (array_agg(p.url ORDER BY p.id))[1:$2], count(*) OVER () FROM ${pages}
          GROUP BY p.likeness_high, p.likeness_low HAVING count(*) > 1
          ORDER BY 1 DESC, p.likeness_high, p.likeness_low LIMIT $1`,
        [most, examples],
      );
      const groups = rows.map(([count, urls]) => ({ pages: Number(count), urls: urls as string[] }));
      return { count: Number(rows[0]?.[2] ?? 0), groups };
    },
    async facts(ids) {
      const select = `SELECT id, url, title, type, language, at FROM ${pages} WHERE id = ANY($1::bigint[])`;
      const facts = new Map((await ask(select, [ids])).rows.map((row) => [Number(row[0]), factsOf(row)]));
      return ids.map((id) => facts.get(id)!);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function factsOf([id, url, title, type, language, at]: readonly unknown[]): PageFacts {
  const texts = { url: url as string, title: title as string | null, type: type as string };
  return { id: Number(id), ...texts, language: language as string, at: Number(at) };
}

function rankedOf([id, url, named, titleLength, high, low]: readonly unknown[], score: number): Ranked {
  const likeness = [high as number, low as number] as const;
  const numbers = { named: named as number, titleLength: titleLength as number };
  return { id: Number(id), url: url as string, score, ...numbers, likeness };
}

/** The tables of a part. */
function from(schema: string, part: SearchedPart): string {
  const pages = `${schema}.search_pages p`;
  return part === 'anchors' ? `${schema}.search_named n JOIN ${pages} ON p.id = n.id` : pages;
}

/** The rows of a shard. */
function isIn(shard: number): string {
  return `p.id > ${lastOfShard(shard - 1)} AND p.id <= ${lastOfShard(shard)}`;
}

/** What of the answer is wanted. */
interface Part {
  readonly most: number;
  readonly shard: number;
}

async function titled(
  { schema, ask }: Pick<JobTables, 'schema' | 'ask'>,
  match: Match,
  filters: readonly Filter[],
  { most, shard }: Part,
): Promise<readonly Ranked[]> {
  const values = new Values();
  const { rows } = await ask(
    `SELECT ${RANKED} FROM ${from(schema, 'title')}
      WHERE ${isMatch(schema, match, 'title', values)} AND ${isFiltered(filters, values)} AND ${isIn(shard)}
      ORDER BY p.id LIMIT ${values.add(most)}`,
    values.list,
  );
  return rows.map((row) => rankedOf(row, 0));
}

async function candidates(
  { schema, ask }: JobTables,
  match: Match,
  part: SearchedPart,
  filters: readonly Filter[],
  { most, shard }: Part,
): Promise<readonly Ranked[]> {
  if (part === 'title') return titled({ schema, ask }, match, filters, { most, shard });
  const phrases = rankedPhrases(match);
  const counts = new Values();
  const length = part === 'anchors' ? 'n.length' : 'p.length';
  const pagesWith = phrases.map((phrase) => {
    const one: Match = { all: [[phrase]], any: [], not: [] };
    return `(SELECT count(*) FROM ${from(schema, part)} WHERE ${isMatch(schema, one, part, counts)} AND ${isIn(shard)})`;
  });
  const all = `FROM ${from(schema, part)} WHERE ${isIn(shard)}`;
  const sums = `(SELECT count(*) ${all}), (SELECT coalesce(sum(${length}), 0) ${all})`;
  const [[pages, terms, ...hits]] = (await ask(`SELECT ${[sums, ...pagesWith].join(', ')}`, counts.list)).rows as [
    readonly unknown[],
  ];
  const mean = Number(terms) / Math.max(1, Number(pages));
  const weights = hits.map((hit) => {
    const weight = Math.log((Number(pages) - Number(hit) + 0.5) / (Number(hit) + 0.5));
    return weight <= 0 ? 1e-6 : weight;
  });
  const values = new Values();
  const frequencies = phrases.map((phrase) => frequencyOf(phrase, PARTS[part], values));
  const { rows } = await ask(
    `SELECT ${[RANKED, length, ...frequencies].join(', ')} FROM ${from(schema, part)}
      WHERE ${isMatch(schema, match, part, values)} AND ${isFiltered(filters, values)} AND ${isIn(shard)}
      ORDER BY p.id LIMIT ${values.add(most)}`,
    values.list,
  );
  return rows.map((row) => {
    const long = 1.2 * (0.25 + (0.75 * Number(row[6])) / mean);
    let score = 0;
    for (const [at, weight] of weights.entries()) {
      const often = Number(row[7 + at]);
      score += (weight * often * 2.2) / (often + long);
    }
    return rankedOf(row, -score);
  });
}

/** As the columns have it: each term between two spaces, of which a beginning has one. */
function writtenPhrase(phrase: Phrase): string {
  const written = ` ${phrase.map(({ term }) => term).join('  ')} `;
  return phrase.at(-1)!.isBeginning ? written.slice(0, -1) : written;
}

/** How often the columns have the phrase, by their weights. */
function frequencyOf(phrase: Phrase, columns: Weighed, values: Values): string {
  const written = writtenPhrase(phrase);
  const text = `${values.add(written)}::text`;
  const bytes = Buffer.byteLength(written);
  const counts = columns.map(([column, weight]) => {
    return `${weight} * ((octet_length(${column}) - octet_length(replace(${column}, ${text}, ''))) / ${bytes})`;
  });
  return `(${counts.join(' + ')})`;
}

function isMatch(schema: string, { all, any, not }: Match, part: SearchedPart, values: Values): string {
  const columns = PARTS[part].map(([column]) => column);
  const indexed = part === 'anchors' ? 'n.terms' : ALL_TERMS;
  const asked = [...all, ...(any.length > 0 ? [any.flat()] : [])];
  const query = values.add(asked.map(variantsQuery).join(' & '));
  const conditions = [`${schema}.search_vector(${indexed}) @@ ${query}::tsquery`];
  for (const variants of asked) {
    // The vector says that all terms are somewhere on the page.
    const isSure = part !== 'title' && variants.every((phrase) => phrase.length === 1);
    if (!isSure) conditions.push(hasOneOf(variants, columns, values));
  }
  if (not.length > 0) {
    const everywhere = part === 'anchors' ? [...PARTS.anchors, ...PARTS.all] : PARTS.all;
    const barred = everywhere.map(([column]) => column);
    conditions.push(`NOT ${hasOneOf(not.flat(), barred, values)}`);
  }
  return conditions.join(' AND ');
}

function hasOneOf(variants: Variants, columns: readonly string[], values: Values): string {
  const places = variants.flatMap((phrase) => {
    const written = `${values.add(writtenPhrase(phrase))}::text`;
    return columns.map((column) => `strpos(${column}, ${written}) > 0`);
  });
  return `(${places.join(' OR ')})`;
}

/** Terms have letters and digits only, so nothing in them needs an escape. */
function variantsQuery(variants: Variants): string {
  const phrases = variants.map((phrase) => {
    const terms = phrase.map(({ term, isBeginning }) => `'${term}'${isBeginning ? ':*' : ''}`);
    return `(${terms.join(' & ')})`;
  });
  return `(${phrases.join(' | ')})`;
}

function isFiltered(filters: readonly Filter[], values: Values): string {
  const conditions = filters.map((filter) => {
    if ('at' in filter) return `p.at ${filter.field === 'before' ? '<' : '>='} ${values.add(filter.at)}::bigint`;
    if (filter.field === 'facet') return `${FACETS[filter.of]} = ${values.add(filter.value)}::text`;
    const value = `${values.add(filter.field === 'site' ? `.${filter.value}` : filter.value)}::text`;
    const not = filter.isBarred ? 'NOT ' : '';
    if (filter.field === 'lang') return `${not}(p.language = ${value})`;
    if (filter.field === 'type') return `${not}(strpos(p.type, ${value}) > 0)`;
    if (filter.field === 'path') return `${not}(strpos(lower(substr(p.url, strpos(p.url, '://') + 3)), ${value}) > 0)`;
    // The host itself, or a host below it.
    return `${not}(right('.' || ${HOST}, length(${value})) = ${value})`;
  });
  return ['true', ...conditions].join(' AND ');
}
