// The filter of the table: words of a person become a condition in SQL. Whatever the person types is either understood,
// or refused with its place; it is never part of the SQL.

import { FILTER_LENGTH_MAX, FILTER_PARTS_MAX } from '../../base/limits-of-serving.ts';
import { STATE_WORDS } from './table-file.ts';

/** What is wrong with a question, and where. */
export class FilterError extends Error {
  readonly at: number | null;

  constructor(message: string, at: number | null = null) {
    super(message);
    this.at = at;
  }
}

export interface FilterCondition {
  /** True for each row that is wanted; `f` is a row of `facts`, `t` of `texts`. */
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly hasFacts: boolean;
  readonly hasTexts: boolean;
}

interface Part {
  readonly name: string;
  readonly value: string;
  readonly isNot: boolean;
  readonly at: number;
}

type Made = readonly [sql: string, ...values: (string | number)[]];

const SIZES: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2 };
const TIMES: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };
const NO_UNITS: Readonly<Record<string, number>> = { '': 1 };
const WORD_COLUMNS: Readonly<Record<string, string>> = {
  error: 'error',
  reason: 'reason',
  type: 'contentType',
  truncated: 'truncated',
  charset: 'charset',
};
const NUMBERS: Readonly<Record<string, readonly [column: string, units: Readonly<Record<string, number>>]>> = {
  status: ['status', NO_UNITS],
  depth: ['depth', NO_UNITS],
  bytes: ['bytes', SIZES],
  time: ['elapsedMs', TIMES],
  links: ['links', NO_UNITS],
  tries: ['tries', NO_UNITS],
};
const NAMES = [...Object.keys(WORD_COLUMNS), ...Object.keys(NUMBERS)]
  .concat('state', 'host', 'path', 'query', 'title', 'url', 'sha256', 'after', 'before')
  .sort();

/**
 * `hosts` are the hosts of all rows, or empty if they are many: a path is then looked for behind each of them, which
 * takes half as long. Throws FilterError.
 */
export function conditionOf(typed: string, hosts: readonly string[] = []): FilterCondition {
  if (typed.length > FILTER_LENGTH_MAX) throw new FilterError('the filter is too long', FILTER_LENGTH_MAX);
  const parts = partsIn(typed);
  if (parts.length > FILTER_PARTS_MAX)
    throw new FilterError('the filter has too many parts', parts[FILTER_PARTS_MAX]!.at);
  const made = parts.map((part) => {
    const [sql, ...values] = madeOf(part, hosts);
    return { sql: part.isNot ? `NOT ifnull(${sql}, 0)` : sql, values };
  });
  const sql = made.length === 0 ? '1' : made.map((each) => each.sql).join(' AND ');
  return {
    sql,
    values: made.flatMap(({ values }) => values),
    hasFacts: /\bf\./.test(sql),
    hasTexts: /\bt\./.test(sql),
  };
}

function partsIn(typed: string): Part[] {
  const parts: Part[] = [];
  for (const match of typed.matchAll(/(-?)(?:([A-Za-z0-9]+):(?!\/\/))?(?:"([^"]*)("?)|(\S+))/g)) {
    const [all, minus, name = '', quoted, end, plain] = match;
    const at = match.index;
    if (quoted !== undefined && end === '') throw new FilterError('the quotation mark has no end', at);
    if (name !== '' && !NAMES.includes(name)) {
      const names = `there are ${NAMES.join(', ')}; quotation marks look for the text itself`;
      throw new FilterError(`${JSON.stringify(name)} is not a name: ${names}`, at);
    }
    const value = quoted ?? plain ?? '';
    if (value === '') throw new FilterError(`${all} has nothing to look for`, at);
    parts.push({ name, value, isNot: minus === '-', at });
  }
  return parts;
}

function madeOf({ name, value, at }: Part, hosts: readonly string[]): Made {
  if (value === '*' && name !== '') return anyOf(name, at);
  if (name in WORD_COLUMNS) return wordsMade(`f.${WORD_COLUMNS[name]}`, value);
  if (name in NUMBERS) {
    const [column, units] = NUMBERS[name]!;
    return numbersMade(
      `f.${column}`,
      name === 'status' ? value.replace(/\b([1-5])xx\b/gi, '$100..$199') : value,
      units,
      at,
    );
  }
  switch (name) {
    case 'state':
      return stateMade(value, at);
    case 'host':
      return hostMade(value);
    case 'path':
      if (hosts.length > 0) return beginsMade(hosts.map((host) => host + slashed(value)));
      return ['substr(t.url, t.path_at, ?) = ?', [...slashed(value)].length, slashed(value)];
    case 'query':
      return ['t.query_at > 0 AND instr(substr(t.url, t.query_at), ?) > 0', value];
    case 'title':
      return ["t.title LIKE ? ESCAPE '!'", `%${escaped(value)}%`];
    case 'url':
      return beginsMade([value]);
    case 'sha256':
      return digestMade(value, at);
    case 'after':
      return ['+f.fetchedAt >= ?', timeIn(value, at)];
    case 'before':
      return ['+f.fetchedAt < ?', timeIn(value, at)];
    default:
      return ["(t.url LIKE ? ESCAPE '!' OR t.title LIKE ? ESCAPE '!')", `%${escaped(value)}%`, `%${escaped(value)}%`];
  }
}

function anyOf(name: string, at: number): Made {
  const column = WORD_COLUMNS[name] ?? NUMBERS[name]?.[0];
  if (column !== undefined) return [`f.${column} IS NOT NULL`];
  if (name === 'query') return ['t.query_at > 0'];
  if (name === 'title') return ['t.title IS NOT NULL'];
  throw new FilterError(`${name}:* says nothing`, at);
}

/** A plus: in the order of an index the rows lie scattered, and these may be all of them. */
function beginsMade(beginnings: readonly string[]): Made {
  const sql = beginnings.map(() => '(+t.url >= ? AND +t.url < ?)').join(' OR ');
  return [`(${sql})`, ...beginnings.flatMap((text) => [text, beyond(text)])];
}

/** The first text behind all texts that begin with this one. */
export function beyond(text: string): string {
  return `${text}\u{10ffff}`;
}

/** Words of a closed list are whole; a media type may be named by a part: `type:html`, which most rows may have. */
function wordsMade(column: string, value: string): Made {
  const wanted = value.split(',').filter(Boolean);
  const isType = column === 'f.contentType';
  const like = wanted.map(() => (isType ? "word LIKE ? ESCAPE '!'" : 'word = ?')).join(' OR ') || '0';
  return [
    `${isType ? '+' : ''}${column} IN (SELECT id FROM words WHERE ${like})`,
    ...wanted.map((word) => (isType ? `%${escaped(word)}%` : word)),
  ];
}

function numbersMade(column: string, value: string, units: Readonly<Record<string, number>>, at: number): Made {
  const number = (text: string): number => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
    const factor = units[(unit ?? '?').toLowerCase()];
    if (digits === undefined || factor === undefined)
      throw new FilterError(`${JSON.stringify(text)} is not a number`, at);
    return Number(digits) * factor;
  };
  const made = value.split(',').map((each): Made => {
    const [, sign, rest] = /^(>=|<=|>|<)(.*)$/s.exec(each) ?? [];
    // A plus: an index would lead through scattered rows, and one scan of the narrow table is faster.
    if (sign !== undefined) return [`+${column} ${sign} ?`, number(rest!)];
    const [first, last] = each.split('..');
    if (last === undefined) return [`${column} = ?`, number(each)];
    return [`+${column} BETWEEN ? AND ?`, number(first!), number(last)];
  });
  const sql = made.map(([each]) => each).join(' OR ');
  return [made.length > 1 ? `(${sql})` : sql, ...made.flatMap(([, ...values]) => values)];
}

function stateMade(value: string, at: number): Made {
  const codes = value.split(',').map((word) => {
    const code = STATE_WORDS.indexOf(word as (typeof STATE_WORDS)[number]);
    if (code < 0)
      throw new FilterError(`${JSON.stringify(word)} is not a state; there are ${STATE_WORDS.join(', ')}`, at);
    return code;
  });
  return [`f.state IN (${codes.map(() => '?').join(', ')})`, ...codes];
}

/** A name with or without its scheme and port; `*.example.com` has all below it. */
function hostMade(value: string): Made {
  const below = value.startsWith('*.') ? `%.${escaped(value.slice(2))}` : null;
  if (below !== null) {
    return [
      "f.host IN (SELECT id FROM hosts WHERE word LIKE ? ESCAPE '!' OR word LIKE ? ESCAPE '!')",
      ...[below, `${below}:%`],
    ];
  }
  const names = value.includes('://') ? [value] : [`http://${value}`, `https://${value}`];
  const ports = names.map((name) => `${escaped(name)}:%`);
  return [
    `f.host IN (SELECT id FROM hosts WHERE word IN (${names.map(() => '?').join(', ')})
      OR ${ports.map(() => "word LIKE ? ESCAPE '!'").join(' OR ')})`,
    ...names,
    ...ports,
  ];
}

function digestMade(value: string, at: number): Made {
  if (!/^[0-9a-f]{12,64}$/i.test(value)) throw new FilterError('sha256: takes 12 to 64 hexadecimal digits', at);
  return ['f.digest = ?', Number.parseInt(value.slice(0, 12), 16)];
}

function timeIn(value: string, at: number): number {
  if (/^\d{12,14}$/.test(value)) return Number(value);
  const time = /^\d{4}(?:-\d\d(?:-\d\d(?:T[\d:.]+Z?)?)?)?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new FilterError(`${JSON.stringify(value)} is not a date such as 2026-01-31`, at);
  return time;
}

function slashed(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function escaped(text: string): string {
  return text.replace(/[%_!]/g, '!$&');
}
