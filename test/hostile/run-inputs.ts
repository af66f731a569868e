// Serves hostile inputs, has the real command crawl them, and says what was not as it should be.

import type { Row } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { readArchive, type WarcRecord } from '../crash/warc.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { reading } from '../helpers/job-folders.ts';
import type { HostileInput, Told } from './hostile-input.ts';
import { type HostileSite, openSite, type TlsOf } from './hostile-site.ts';
import { watchedIn, watching } from './watched-run.ts';

/** Of the user; no other origin may be told it. */
export const SECRET = 'hush-hush';
const FLAGS = ['--timeout', '1s', '--retries', '1', '--max-body', '2MB'];
/** So few at once that what is seen is what an input costs, and not that there are so many sites. */
const FEW = ['-c', '16'];
/** By group: more words of the command, and how it ends. */
const GROUPS = {
  host: { flags: FEW, code: 0 },
  any: {
    flags: [...FEW, '--scope', 'any', '--max-body', '8MB', '--auth', `user:${SECRET}`, '-H', `Cookie: ${SECRET}=1`],
    code: 0,
  },
  held: { flags: [...FEW, '--host-patience', '1s'], code: 12 },
  names: { flags: [...FEW, '--scope', 'any', '--host-patience', '1s'], code: 0 },
  // What takes long is not silent, however slow the machine is.
  pieces: { flags: [...FEW, '--timeout', '10s'], code: 0 },
  half: { flags: [], code: 0 },
} as const;

export interface Ran {
  /** What was not as it should be, a line each. */
  readonly findings: readonly string[];
  readonly elapsedMs: number;
  readonly peakBytes: number;
  readonly stallMs: number;
}

/** `env` goes to the command; `tlsOf` gives certificates. */
export async function runInputs(
  inputs: readonly HostileInput[],
  job: string,
  tlsOf: TlsOf,
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const { flags, code } = GROUPS[inputs[0]!.group];
  const sites = await Promise.all(inputs.map((input) => openSite(input, tlsOf)));
  const findings: string[] = [];
  let elapsedMs = 0;
  try {
    const roots = sites.map(({ root }) => root);
    const run = await gossamer(['crawl', ...roots, '-o', job, '--json', ...FLAGS, ...flags], {
      ...env,
      ...watching(job),
    });
    if (run.code !== code) findings.push(`exit code ${run.code}: ${run.stderr.slice(-2_000)}`);
    const held = new Map<string, string>();
    const summary = JSON.parse(run.stdout);
    elapsedMs = summary.elapsedMs;
    for (const { host, why } of summary.hosts) held.set(host, why ?? '');
    const verified = await gossamer(['verify', job]);
    if (!verified.stdout.startsWith('All is well')) findings.push(`verify: ${verified.stdout}${verified.stderr}`);
    const rows = new Map((await reading(job, (ledger) => allOf(ledger.rows.all()))).map((row) => [row.url, row]));
    const records = recordsOf(job);
    for (const site of sites) findings.push(...findingsOf(site, { rows, records, held }));
  } finally {
    for (const site of sites) await site[Symbol.asyncDispose]();
  }
  return { findings, elapsedMs, ...watchedIn(job) };
}

interface Had {
  readonly rows: ReadonlyMap<string, Row>;
  readonly records: ReadonlyMap<string, WarcRecord>;
  readonly held: ReadonlyMap<string, string>;
}

function recordsOf(job: string): Map<string, WarcRecord> {
  const all = readArchive(job).flatMap(({ records }) => records);
  return new Map(all.map((record) => [`${record.file}:${record.offset}`, record]));
}

function findingsOf(site: HostileSite, had: Had): string[] {
  const { input, root, elsewhere } = site;
  const wrong: string[] = [];
  for (const [written, told] of Object.entries(site.becomes)) {
    const url = new URL(written.replace('ELSEWHERE', elsewhere?.url.replace(/\/$/, '') ?? ''), root).href;
    const row = had.rows.get(url);
    if (row === undefined) wrong.push(`${url.slice(0, 200)} has no row`);
    else wrong.push(...wrongOf(row, told, had, site).map((each) => `${url.slice(0, 200)}: ${each}`));
  }
  const asked = site.asked();
  for (const path of input.unasked ?? []) if (asked.has(path)) wrong.push(`${path} was asked for`);
  if (input.isElsewhereUnasked && elsewhere!.requests.length > 0) wrong.push('the other server was asked');
  if (input.missing !== undefined) for (const path of input.missing(asked)) wrong.push(`${path} was not asked for`);
  for (const { head } of elsewhere?.requests ?? []) {
    if (/^(authorization|cookie):/im.test(head)) wrong.push(`another origin was told ${head}`);
  }
  return wrong.map((each) => `input ${input.number}, ${input.what}: ${each}`);
}

function wrongOf(row: Row, told: Told, { records, held }: Had, { root }: HostileSite): string[] {
  const wrong: string[] = [];
  const same = (name: string, is: unknown, should: unknown): void => {
    if (is !== should) wrong.push(`${name} is ${is} and not ${should} (${row.detail})`);
  };
  same('state', row.state, told.state);
  same('reason', row.reason, told.reason ?? null);
  same('error', row.error, told.error ?? null);
  same('truncated', row.truncated, told.truncated ?? null);
  same('status', row.status || null, told.status ?? null);
  if (told.charset !== undefined) same('charset', row.charset, told.charset);
  if (told.title !== undefined) same('title', row.title, told.title);
  if (told.redirectTo !== undefined) same('redirectTo', row.redirectTo, new URL(told.redirectTo, root).href);
  if (told.detail !== undefined && row.detail?.includes(told.detail) !== true) wrong.push(`detail is ${row.detail}`);
  const why = held.get(new URL(row.url).origin);
  if (told.why !== undefined && why?.includes(told.why) !== true) wrong.push(`its host is held by ${why}`);
  const place = row.archive && records.get(`${row.archive.file}:${row.archive.offset}`);
  if (told.status === undefined) same('record', place?.type ?? null, null);
  else {
    // A body that another URL has too is not kept twice.
    same('record', place?.type === 'revisit' ? 'response' : place?.type, 'response');
    same('its URL', place?.url, row.url);
    same('WARC-Truncated', place?.fields.get('warc-truncated'), told.isKeptWhole ? undefined : told.truncated);
  }
  return wrong;
}
