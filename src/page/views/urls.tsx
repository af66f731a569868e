// The table of URLs: a filter that stands in the address, as many rows as there are, and the story of the chosen one.

import { useEffect, useState } from 'preact/hooks';
import type { JobAnswer, TableAnswer, TableRow, TimelineAnswer } from '../../serve/api.ts';
import { apiOf, ask, asking, useAnswer } from '../ask.ts';
import { every } from '../clock.ts';
import { countOf, span } from '../figures.ts';
import { COLUMNS, columnsOf, isUsual } from '../parts/columns.tsx';
import { useRows } from '../parts/rows.ts';
import { SearchBar } from '../parts/search-bar.tsx';
import { ratesOf, Strip, spanFilter } from '../parts/strip.tsx';
import { type Sort, Table } from '../parts/table.tsx';
import { Empty, Failure } from '../parts/words.tsx';
import { goTo, linkTo, type Where } from '../where.ts';
import { UrlStory } from './story.tsx';

const REFRESH_MS = 2_000;
const STRIP_POINTS = 300;

export function Urls({ job: { id: job, state }, asked }: { job: JobAnswer; asked: Where['asked'] }) {
  const { q = '', sort = '', columns = '', at = '' } = asked;
  const go = (change: Where['asked'], isReplaced = false): void =>
    goTo(linkTo(job, 'urls', { ...asked, ...change }), isReplaced);
  const shownColumns = columnsOf(columns);
  const names = shownColumns.map(({ name }) => name).join(',');
  const question = { q, ...orderOf(sort), columns: names };
  const rows = useRows<TableRow>(asking(apiOf(job, 'urls'), question), async (offset, limit, signal) => {
    const answer = await ask<TableAnswer>(asking(apiOf(job, 'urls'), { ...question, offset, limit }), signal);
    const { rows: read, of } = answer.upTo;
    return { rows: answer.rows, count: answer.total, readShare: answer.upTo.isComplete ? 1 : read / Math.max(1, of) };
  });
  const [selected, setSelected] = useState<number | null>(null);
  useEffect(() => setSelected(null), [q, sort]);
  const isChanging = state === 'running' || rows.readShare < 1;
  useEffect(() => (isChanging ? every(REFRESH_MS, rows.refresh) : undefined), [isChanging, rows]);
  const isEmpty = rows.count === 0;
  const select = (index: number | null): void => {
    setSelected(index);
    if (index === null) return at === '' ? undefined : go({ at: '' }, true);
    const row = rows.at(index);
    // While a story is open it follows the choice.
    if (row !== undefined && at !== '') go({ at: row.url }, true);
  };
  return (
    <>
      <SearchBar
        label="filter"
        placeholder="status:404 path:/docs type:html depth:>3 -query:page"
        q={q}
        onAsk={(text) => go({ q: text, at: '' }, q !== '')}
        found={rows.count === null ? '' : `${countOf(rows.count, 'URL')}${soFar(rows.readShare)}, ${span(rows.tookMs)}`}
      >
        <ColumnChoice columns={names} onChoose={(chosen) => go({ columns: chosen })} />
        <a href={asking(apiOf(job, 'urls.csv'), question)} download="urls.csv">
          CSV
        </a>
      </SearchBar>
      {rows.failure !== null && <Failure failure={rows.failure} typed={q} />}
      <Span {...{ job, q }} onFilter={(filter) => go({ q: filter })} />
      <div class={at === '' ? 'whole' : 'split'}>
        <div class="table-place">
          <Table
            label="URLs"
            columns={shownColumns}
            {...{ rows, sort, selected }}
            onSort={(wanted) => go({ sort: wanted })}
            onSelect={select}
            onOpen={(row) => go({ at: row.url }, at !== '')}
          />
          {isEmpty && <NoRows q={q} clear={linkTo(job, 'urls')} />}
        </div>
        {at !== '' && (
          <aside aria-label="story of the chosen URL">
            <UrlStory job={job} url={at} onClose={() => go({ at: '' })} />
          </aside>
        )}
      </div>
    </>
  );
}

function soFar(readShare: number): string {
  return readShare === 1 ? '' : ` in the ${Math.floor(100 * readShare)} % of the crawl that are read so far`;
}

function orderOf(sort: Sort): { sort: string; order: string } {
  if (sort === '') return { sort: '', order: '' };
  return sort.startsWith('-') ? { sort: sort.slice(1), order: 'desc' } : { sort, order: 'asc' };
}

function NoRows({ q, clear }: { q: string; clear: string }) {
  return q === '' ? (
    <Empty>No URL is known yet. The first ones are here as soon as the first page was read.</Empty>
  ) : (
    <Empty>
      No URL matches. Take something out of the filter, or <a href={clear}>show all URLs</a>.
    </Empty>
  );
}

function ColumnChoice({ columns, onChoose }: { columns: string; onChoose: (names: string) => void }) {
  const chosen = columns.split(',');
  const toggle = (name: string): void => {
    const names = COLUMNS.map((column) => column.name).filter((each) => (each === name) !== chosen.includes(each));
    onChoose(isUsual(names) ? '' : names.join());
  };
  return (
    <details class="menu">
      <summary>Columns</summary>
      <fieldset>
        <legend class="unseen">columns of the table</legend>
        {COLUMNS.filter(({ name }) => name !== 'url').map(({ name, label }) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} /> {label}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

/** When the matching URLs were fetched. Dragging filters the table to a span of time. */
function Span({ job, q, onFilter }: { job: string; q: string; onFilter: (q: string) => void }) {
  const answer = useAnswer<TimelineAnswer>(asking(apiOf(job, 'timeline'), { q, points: STRIP_POINTS }));
  if (answer.value === null || answer.value.points.length < 3) return null;
  const rest = q
    .split(/\s+/)
    .filter((part) => !/^(?:after|before):/.test(part))
    .join(' ');
  return (
    <Strip rates={ratesOf(answer.value)} onSpan={(from, to) => onFilter(`${rest} ${spanFilter(from, to)}`.trim())} />
  );
}
