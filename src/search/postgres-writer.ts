// Fills the index in PostgreSQL. Each group of pages is one statement, so it is there or not, whatever happens.

import type { JobTables } from '../base/contracts.ts';
import type { IndexFiller, RecordMark } from './index-store.ts';
import type { IndexedPage } from './page-terms.ts';
import { makeTables, spaced, termsColumn } from './postgres-tables.ts';
import { anchorTerms, numberOf } from './sqlite-writer.ts';
import { COLUMNS } from './weights.ts';

const PAGES_A_GROUP = 64;
const TARGETS_A_GROUP = 500;

interface Added {
  readonly page: IndexedPage;
  readonly mark: RecordMark;
}

/** `keyOf` makes the key of a URL. */
export async function openPostgresWriter(tables: JobTables, keyOf: (url: string) => string): Promise<IndexFiller> {
  const { schema, ask } = tables;
  const { isRenewed } = await makeTables(tables);
  let added: Added[] = [];
  let removed: number[] = [];
  const commit = async (): Promise<void> => {
    const [pages, ids] = [added, removed];
    [added, removed] = [[], []];
    if (ids.length > 0) await remove(tables, ids);
    if (pages.length > 0) await insert(tables, pages, keyOf);
  };
  return {
    isRenewed,
    async marks(after, to) {
      const select = `SELECT id, mark FROM ${schema}.search_pages WHERE id > $1 AND id <= $2`;
      const { rows } = await ask(select, [after, to]);
      return new Map(rows.map(([id, mark]) => [Number(id), Number(mark)]));
    },
    async add(page, mark) {
      added.push({ page, mark });
      if (added.length >= PAGES_A_GROUP) await commit();
      return true;
    },
    async remove(id) {
      removed.push(id);
    },
    commit,
    async end() {
      await commit();
      while (await tellAnchors(tables));
      await ask(`DELETE FROM ${schema}.search_untold`);
      for (const name of ['search_pages', 'search_named']) await ask(`ANALYZE ${schema}.${name}`);
    },
    pages: async () => Number((await ask(`SELECT count(*) FROM ${schema}.search_pages`)).rows[0]![0]),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function remove({ schema, ask }: JobTables, ids: readonly number[]): Promise<void> {
  await ask(
    `WITH gone AS (DELETE FROM ${schema}.search_named WHERE id = ANY($1::bigint[]))
     DELETE FROM ${schema}.search_pages WHERE id = ANY($1::bigint[])`,
    [ids],
  );
}

const PAGE_COLUMNS = [
  ...['id', 'key', 'mark', 'url', 'title', 'type', 'language', 'at', 'likeness_high', 'likeness_low', 'length'],
  ...COLUMNS.map(termsColumn),
];
const TYPES = [
  ...['bigint', 'bigint', 'bigint', 'text', 'text', 'text', 'text', 'bigint', 'integer', 'integer', 'integer'],
  ...COLUMNS.map(() => 'text'),
];

async function insert({ schema, ask }: JobTables, added: readonly Added[], keyOf: (url: string) => string) {
  const rows = added.map(({ page, mark }) => {
    const { id, url, title, type, language, at, likeness, length, columns } = page;
    return [id, numberOf(page.key), mark, url, title, type, language, at, ...likeness, length, ...columns.map(spaced)];
  });
  const anchors = new Map(
    added.flatMap(({ page }) =>
      page.anchors.map(({ url, text }) => {
        const target = numberOf(keyOf(url));
        return [`${target} ${text}`, { target, text }] as const;
      }),
    ),
  );
  const names = PAGE_COLUMNS.join(', ');
  const arrays = TYPES.map((type, at) => `$${at + 1}::${type}[]`).join(', ');
  const [targets, texts] = [TYPES.length + 1, TYPES.length + 2];
  await ask(
    `WITH news AS (INSERT INTO ${schema}.search_pages (${names}) SELECT * FROM unnest(${arrays})
        ON CONFLICT DO NOTHING RETURNING key),
      named AS (INSERT INTO ${schema}.search_anchors SELECT * FROM unnest($${targets}::bigint[], $${texts}::text[])
        ON CONFLICT DO NOTHING RETURNING target)
     INSERT INTO ${schema}.search_untold SELECT key FROM news UNION SELECT target FROM named ON CONFLICT DO NOTHING`,
    [
      ...TYPES.map((_, at) => rows.map((row) => row[at])),
      ...[[...anchors.values()].map(({ target }) => target), [...anchors.values()].map(({ text }) => text)],
    ],
  );
}

/** Tells the index which texts lead to some of its pages; whether there were some. */
async function tellAnchors({ schema, ask }: JobTables): Promise<boolean> {
  const { rows } = await ask(
    `SELECT p.id, p.language, p.key, coalesce((SELECT array_agg(a.text ORDER BY a.text COLLATE "C")
        FROM ${schema}.search_anchors a WHERE a.target = p.key), '{}')
      FROM ${schema}.search_untold u JOIN ${schema}.search_pages p ON p.key = u.target LIMIT ${TARGETS_A_GROUP}`,
  );
  if (rows.length === 0) return false;
  const told = rows.map(([id, language, key, names]) => {
    const texts = names as readonly string[];
    return { id, key, named: texts.length, terms: anchorTerms(texts, language as string) };
  });
  await ask(
    `WITH told AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::text[])
        AS t(id, key, named, length, terms)),
      pages AS (UPDATE ${schema}.search_pages p SET named = t.named FROM told t WHERE p.id = t.id),
      words AS (INSERT INTO ${schema}.search_named SELECT id, length, terms FROM told WHERE length > 0
        ON CONFLICT (id) DO UPDATE SET length = excluded.length, terms = excluded.terms)
     DELETE FROM ${schema}.search_untold u USING told t WHERE u.target = t.key`,
    [
      ...[told.map(({ id }) => id), told.map(({ key }) => key), told.map(({ named }) => named)],
      ...[told.map(({ terms }) => terms.length), told.map(({ terms }) => spaced(terms.join(' ')))],
    ],
  );
  return true;
}
