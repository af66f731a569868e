// What a crawl made of the site of a hostile input, against what must become of it.

import type { BadLink, Row } from '../../src/base/contracts.ts';
import type { WarcRecord } from '../crash/warc.ts';
import type { Told } from './hostile-input.ts';
import type { HostileSite } from './hostile-site.ts';

/** What the job has. */
export interface Had {
  readonly rows: ReadonlyMap<string, Row>;
  readonly records: ReadonlyMap<string, WarcRecord>;
  readonly held: ReadonlyMap<string, string>;
  /** Links that cannot be URLs. */
  readonly bad: readonly BadLink[];
  /** The lines of the log. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Of the user; no other origin may be told it. */
  readonly secret: string;
}

/** What is not as it should be, a line each. */
export function findingsOf(site: HostileSite, had: Had): string[] {
  const { input, root, elsewhere } = site;
  const requests = site.requests();
  const wrong: string[] = [];
  for (const [written, told] of Object.entries(site.becomes)) {
    const url = new URL(written.replace('ELSEWHERE', elsewhere?.url.replace(/\/$/, '') ?? ''), root).href;
    const row = had.rows.get(url);
    const each =
      row === undefined
        ? ['it has no row']
        : [...wrongRow(row, told, had, site), ...wrongRecord(row, told, had, input.serves?.[written])];
    const isOwn = url.startsWith(root);
    if (isOwn) each.push(...wrongRequests(url.slice(root.length - 1), told, requests));
    wrong.push(...each.map((what) => `${url.slice(0, 200)}: ${what}`));
  }
  const asked = new Set(requests.map(({ path }) => path));
  for (const path of input.unasked ?? []) if (asked.has(path)) wrong.push(`${path} was asked for`);
  if (input.isElsewhereUnasked && elsewhere!.requests.length > 0) wrong.push('the other server was asked');
  if (input.missing !== undefined) for (const path of input.missing(asked)) wrong.push(`${path} was not asked for`);
  wrong.push(...wrongSite(site, had), ...wrongSecrets(site, had));
  return wrong.map((each) => `input ${input.number}, ${input.what}: ${each}`);
}

function wrongRow(row: Row, told: Told, { held }: Had, { root }: HostileSite): string[] {
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
  return wrong;
}

function wrongRecord(row: Row, told: Told, { records }: Had, served: unknown): string[] {
  const place = row.archive && records.get(`${row.archive.file}:${row.archive.offset}`);
  if (told.status === undefined) return place === null || place === undefined ? [] : [`it has a ${place.type}`];
  // A body that another URL has too is not kept twice.
  if (place?.type !== 'response' && place?.type !== 'revisit') return [`record is ${place?.type}`];
  const wrong: string[] = [];
  if (place.url !== row.url) wrong.push(`its record is of ${place.url}`);
  const cut = place.fields.get('warc-truncated');
  if (cut !== (told.isKeptWhole ? undefined : told.truncated)) wrong.push(`WARC-Truncated is ${cut}`);
  if (place.type !== 'response' || typeof served === 'function') return wrong;
  const sent = Buffer.from((served ?? '') as string | Buffer);
  const end = sent.indexOf('\r\n\r\n') + 4;
  const head = sent.subarray(0, end).toString('latin1');
  if (served === undefined || head.includes('ELSEWHERE') || /chunked/i.test(head)) return wrong;
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
  const body = told.body === undefined ? sent.subarray(end, end + length) : Buffer.from(told.body);
  const kept = place.block.indexOf('\r\n\r\n') + 4;
  // The values of cookies are left out of the archive.
  const isAsSent = /^set-cookie:/im.test(head) || place.block.subarray(0, kept).equals(sent.subarray(0, end));
  if (!isAsSent) wrong.push('the head in its record is another one');
  if (!place.block.subarray(kept).equals(body)) wrong.push('the body in its record is another one');
  return wrong;
}

function wrongRequests(path: string, told: Told, requests: ReturnType<HostileSite['requests']>): string[] {
  const wrong: string[] = [];
  const isUnasked = told.state === 'skipped' || told.why !== undefined;
  const [least, most] = told.asks ?? (isUnasked ? [0, 0] : told.status === undefined ? [0, 9] : [1, 1]);
  const own = requests.filter((each) => each.path === path);
  if (own.length < least || own.length > most) wrong.push(`it was asked for ${own.length} times`);
  if (told.isDropped !== true) return wrong;
  for (const { connection } of own) {
    const last = requests.findLast((each) => each.connection === connection);
    if (last?.path !== path) wrong.push(`its connection carried ${last?.path} too`);
  }
  return wrong;
}

function wrongSite({ input, root, requests }: HostileSite, { rows, bad, log }: Had): string[] {
  const wrong: string[] = [];
  for (const href of input.bad ?? []) {
    if (!bad.some((each) => each.href === href)) wrong.push(`${href} is not among the links that are no URLs`);
  }
  if (input.trapMax !== undefined) {
    const own = [...rows.values()].filter(({ url }) => url.startsWith(root));
    if (!own.some(({ reason }) => reason === 'trap')) wrong.push('no URL of it is a trap');
    if (requests().length > input.trapMax)
      wrong.push(`${requests().length} requests, and ${input.trapMax} are the most`);
  }
  for (const [path, said] of Object.entries(input.sitemaps ?? {})) {
    const line = log.find(({ event, url }) => event === 'sitemap' && url === new URL(path, root).href);
    for (const [name, value] of Object.entries(said)) {
      if (line?.[name] !== value) wrong.push(`${path}: ${name} is ${line?.[name]} and not ${value}`);
    }
  }
  return wrong;
}

function wrongSecrets({ elsewhere, requests, input }: HostileSite, { secret }: Had): string[] {
  const wrong: string[] = [];
  for (const { head } of elsewhere?.requests ?? []) {
    if (/^(authorization|cookie):/im.test(head)) wrong.push(`another origin was told ${head}`);
  }
  // Else there was nothing to tell.
  const isAtHand = requests().some(({ head }) => head.includes(secret));
  const isTold = isAtHand || elsewhere === null || (input.group !== 'any' && input.group !== 'secure');
  return isTold ? wrong : [...wrong, 'no secret was at hand'];
}
