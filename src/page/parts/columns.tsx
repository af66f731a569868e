// The columns of the table of URLs.

import type { TableRow } from '../../serve/api.ts';
import { now } from '../clock.ts';
import { count, size, span, time } from '../figures.ts';
import type { GridColumn } from './table.tsx';
import { Foreign, Url } from './words.tsx';

type Name = Exclude<keyof TableRow, 'id'>;

const NUMERIC = { isFigure: true } as const;

function column(
  name: Name,
  label: string,
  widthPx: number,
  show: GridColumn<TableRow>['show'],
  more: { isFigure?: true } = {},
): GridColumn<TableRow> {
  return { name, label, widthPx, isSortable: true, show, ...more };
}

function figure(name: Name, label: string, widthPx: number, words: (value: number) => string): GridColumn<TableRow> {
  const show = (row: TableRow): string => {
    const value = row[name];
    return typeof value === 'number' ? words(value) : '';
  };
  return column(name, label, widthPx, show, NUMERIC);
}

function text(name: Name, label: string, widthPx: number): GridColumn<TableRow> {
  return column(name, label, widthPx, (row) => {
    const value = row[name];
    return value === null || value === undefined || value === '' ? null : <Foreign text={String(value)} />;
  });
}

function url(name: 'url' | 'referrer' | 'redirectTo', label: string, widthPx: number): GridColumn<TableRow> {
  return column(name, label, widthPx, (row) => (row[name] ? <Url url={row[name]} /> : null));
}

/** All columns, in their usual order. */
export const COLUMNS: readonly GridColumn<TableRow>[] = [
  url('url', 'URL', 480),
  column('state', 'state', 72, ({ state }) => (state === 'failed' ? <span class="red">failed</span> : state)),
  column(
    'status',
    'status',
    64,
    ({ status }) => (status === null || status === undefined ? '' : <Status status={status} />),
    NUMERIC,
  ),
  text('error', 'error', 120),
  text('reason', 'reason', 120),
  text('contentType', 'type', 140),
  figure('bytes', 'size', 80, size),
  figure('elapsedMs', 'took', 80, span),
  figure('fetchedAt', 'fetched', 160, (at) => time(at, now())),
  figure('depth', 'depth', 64, count),
  figure('links', 'links', 64, count),
  text('title', 'title', 240),
  url('referrer', 'found on', 280),
  url('redirectTo', 'redirects to', 280),
  text('host', 'host', 180),
  figure('tries', 'tries', 64, count),
  text('truncated', 'cut', 80),
  text('charset', 'charset', 80),
  text('sha256', 'SHA-256', 200),
];

const USUAL: readonly string[] = ['url', 'state', 'status', 'contentType', 'bytes', 'elapsedMs', 'depth', 'title'];

/** The columns with these names, in the usual order; the usual ones if there is no name. The URL is always there. */
export function columnsOf(names: string): readonly GridColumn<TableRow>[] {
  const wanted = names === '' ? USUAL : names.split(',');
  return COLUMNS.filter(({ name }) => name === 'url' || wanted.includes(name));
}

export function isUsual(names: readonly string[]): boolean {
  return names.join() === USUAL.join();
}

function Status({ status }: { status: number }) {
  return status >= 400 ? <span class="red">{status}</span> : <span>{status}</span>;
}
