// Serves hostile inputs, has the real command crawl them, and says what was not as it should be.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { readArchive, type WarcRecord } from '../crash/warc.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { reading } from '../helpers/job-folders.ts';
import { findingsOf, type Had } from './found-of-input.ts';
import type { HostileInput } from './hostile-input.ts';
import { openSite, type TlsOf } from './hostile-site.ts';
import { watchedIn, watching } from './watched-run.ts';

/** Of the user; no other origin may be told it. */
export const SECRET = 'hush-hush';
const FLAGS = ['--timeout', '1s', '--retries', '1', '--max-body', '2MB'];
/** So few at once that what is seen is what an input costs, and not that there are so many sites. */
const FEW = ['-c', '16'];
const SECRETS = ['--auth', `user:${SECRET}`, '-H', `Cookie: ${SECRET}=1`];
const FOLLOWING = [...FEW, '--scope', 'any', '--max-body', '8MB', ...SECRETS];
/** By group: more words of the command, and how it ends. */
const GROUPS = {
  host: { flags: FEW, code: 0 },
  any: { flags: FOLLOWING, code: 0 },
  // Of a root that is https: no secret goes to a root that is not.
  secure: { flags: [...FOLLOWING, '--allow-private'], code: 0 },
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

/** `env` goes to the command, which keeps the job in its DATABASE_URL if there is one; `tlsOf` gives certificates. */
export async function runInputs(
  inputs: readonly HostileInput[],
  job: string,
  tlsOf: TlsOf,
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const { flags, code } = GROUPS[inputs[0]!.group];
  const database = env['DATABASE_URL'] ?? null;
  const store = database === null ? [] : ['--store', 'postgres:'];
  const sites = await Promise.all(inputs.map((input) => openSite(input, tlsOf)));
  const findings: string[] = [];
  let elapsedMs = 0;
  try {
    const roots = sites.map(({ root }) => root);
    const run = await gossamer(['crawl', ...roots, '-o', job, '--json', ...store, ...FLAGS, ...flags], {
      ...env,
      ...watching(job),
    });
    if (run.code !== code) findings.push(`exit code ${run.code}: ${run.stderr.slice(-2_000)}`);
    const held = new Map<string, string>();
    const summary = JSON.parse(run.stdout);
    elapsedMs = summary.elapsedMs;
    for (const { host, why } of summary.hosts) held.set(host, why ?? '');
    const verified = await gossamer(['verify', job, ...store], env);
    if (!verified.stdout.startsWith('All is well')) findings.push(`verify: ${verified.stdout}${verified.stderr}`);
    const had = await hadBy(job, database, held);
    for (const site of sites) findings.push(...findingsOf(site, had));
  } finally {
    for (const site of sites) await site[Symbol.asyncDispose]();
  }
  return { findings, elapsedMs, ...watchedIn(job) };
}

async function hadBy(job: string, database: string | null, held: ReadonlyMap<string, string>): Promise<Had> {
  const read = async ({ rows, links }: Ledger) =>
    [await allOf(rows.all()), (await allOf(links.bad())).map(({ href, element }) => ({ href, element }))] as const;
  const [rows, bad] = await reading(job, read, database);
  const logs = readdirSync(join(job, 'logs')).filter((name) => name.endsWith('.jsonl'));
  const lines = logs.flatMap((name) =>
    readFileSync(join(job, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n'),
  );
  const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { rows: new Map(rows.map((row) => [row.url, row])), records: recordsOf(job), held, bad, log, secret: SECRET };
}

function recordsOf(job: string): Map<string, WarcRecord> {
  const all = readArchive(job).flatMap(({ records }) => records);
  return new Map(all.map((record) => [`${record.file}:${record.offset}`, record]));
}
