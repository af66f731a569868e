// Every option, in one table: from it come the flags of the command line, the environment's names, the help and the README.
// Options are checked once, here at the door; whoever holds CrawlOptions need not ask again.

import { UsageError } from '../base/errors.ts';
import { LOG_LEVELS } from '../base/log-levels.ts';
import { nearest } from '../base/nearest.ts';
import { patternText } from '../url/pattern.ts';
import type { CrawlChoices, CrawlInput, CrawlOptions, OptionName } from './crawl-options.ts';
import { rootUrls } from './root-url.ts';
import { expectationOf, isValid, type Kind, type OptionValue, readText, shown, valueExpectationOf } from './values.ts';

export type { CrawlInput, CrawlOptions, OptionName } from './crawl-options.ts';

export interface OptionSpec {
  readonly name: OptionName;
  /** As on the command line; a flag that begins with `--no-` turns off what is on by default. */
  readonly flags: string;
  readonly group: 'scope' | 'pace' | 'limits' | 'request' | 'job';
  readonly kind: Kind;
  readonly default: OptionValue;
  readonly doc: string;
}

/** Another way to say an option: its text is turned into a text for the option. */
export interface OptionAlias {
  readonly flags: string;
  readonly name: OptionName;
  readonly kind: Kind;
  readonly doc: string;
  readonly translate: (text: string) => string;
}

const DAY_MS = 24 * 3_600_000;
const flag: Kind = { is: 'flag' };
const number = (min: number, max = Number.MAX_SAFE_INTEGER): Kind => ({ is: 'number', min, max });
const duration = (minMs: number, maxMs: number, bareUnit: 'ms' | 's' = 's'): Kind => ({
  is: 'duration',
  minMs,
  maxMs,
  bareUnit,
});
const tasks = number(1, 20_000);
const few = number(0, 100);
const bytes: Kind = { is: 'bytes', min: 1 };
const rate: Kind = { is: 'bytes', min: 0 };
const text = (pattern: RegExp, expected: string): Kind => ({ is: 'text', pattern, expected });
const scopes: Kind = { is: 'choice', choices: ['host', 'prefix', 'page', 'site', 'any'] };
const fieldText = text(/^[\t\x20-\x7e\xa0-\xff]+$/, 'one line of Latin-1 text');
const contactKind = text(/^(https?:\/\/[^\s()]+|[^\s()@]+@[^\s()@]+)$/, 'a URL or a mail address');
const authKind = text(/^[^:\p{Cc}]+:\P{Cc}*$/u, 'written like USER:PASS');
const compressions: Kind = { is: 'choice', choices: ['gzip', 'zstd', 'none'] };
const levels: Kind = { is: 'choice', choices: LOG_LEVELS };
const storeKind = text(/^(sqlite|memory):$/, 'sqlite: or memory: (PostgreSQL comes later)');
const folderKind = text(/^[^\0]+$/, 'the name of a folder');

/** The one table of options. */
// biome-ignore format: a table is read by its rows
export const OPTIONS: readonly OptionSpec[] = [
  { name: 'scope', flags: '--scope <which>', group: 'scope', kind: scopes, default: 'host', doc: 'which URLs belong to the job: host, prefix (the folder where the redirects of a root end; of /docs that redirects nowhere, /docs and all below), page, site (the registrable domain) or any' },
  { name: 'strict', flags: '--strict', group: 'scope', kind: flag, default: false, doc: 'host and scheme exactly: no www. and no other scheme' },
  { name: 'include', flags: '--include <re>', group: 'scope', kind: { is: 'patterns' }, default: [], doc: 'only URLs that match, and the roots; may be repeated' },
  { name: 'exclude', flags: '--exclude <re>', group: 'scope', kind: { is: 'patterns' }, default: [], doc: 'no URLs that match, but for the roots; may be repeated' },
  { name: 'depth', flags: '-d, --depth <n>', group: 'scope', kind: number(0, 1_000_000), default: null, doc: 'at most this many links from a root' },
  { name: 'sitemaps', flags: '--no-sitemaps', group: 'scope', kind: flag, default: true, doc: "read no sitemaps of the roots' hosts" },
  { name: 'pageRequisites', flags: '--page-requisites', group: 'scope', kind: flag, default: false, doc: 'also images, styles, scripts and fonts, on other hosts too' },
  { name: 'keepParameters', flags: '--keep-parameters', group: 'scope', kind: flag, default: false, doc: 'URLs that differ in session ids or marks of advertisers only (PHPSESSID, utm_source) are different pages' },

  { name: 'concurrency', flags: '-c, --concurrency <n>', group: 'pace', kind: tasks, default: 100, doc: 'requests in flight in all' },
  { name: 'hostConcurrency', flags: '--host-concurrency <n>', group: 'pace', kind: tasks, default: 16, doc: 'the most that one host may reach' },
  { name: 'delayMs', flags: '--delay <ms>', group: 'pace', kind: duration(0, DAY_MS, 'ms'), default: 0, doc: 'between the starts of requests to one host, one at a time; a number alone is milliseconds' },
  { name: 'adapt', flags: '--no-adapt', group: 'pace', kind: flag, default: true, doc: 'use the most at once: for a server of your own' },
  { name: 'robots', flags: '--no-robots', group: 'pace', kind: flag, default: true, doc: 'ask for no robots.txt and obey none' },
  { name: 'robotsForbiddenDenies', flags: '--robots-forbidden-denies', group: 'pace', kind: flag, default: false, doc: 'a robots.txt that answers 401 or 403 forbids its host; without this it allows everything' },
  { name: 'followNofollow', flags: '--follow-nofollow', group: 'pace', kind: flag, default: false, doc: 'follow links that ask not to be followed' },
  { name: 'hostPatienceMs', flags: '--host-patience <time>', group: 'pace', kind: duration(0, 365 * DAY_MS), default: 3_600_000, doc: 'how long a host may keep us waiting before the job goes on without it' },

  { name: 'limit', flags: '--limit <n>', group: 'limits', kind: number(1), default: null, doc: 'URLs that are requested in the life of the job' },
  { name: 'traps', flags: '--no-traps', group: 'limits', kind: flag, default: true, doc: 'ask also for what looks like pages without end that say nothing new' },
  { name: 'timeLimitMs', flags: '--time-limit <time>', group: 'limits', kind: duration(1, 3650 * DAY_MS), default: null, doc: 'how long this run may take' },
  { name: 'sizeLimitBytes', flags: '--size-limit <size>', group: 'limits', kind: bytes, default: null, doc: 'bytes that are received in the life of the job, robots.txt and sitemaps too; what is in flight then is cut and asked for again later' },
  { name: 'hostLimit', flags: '--host-limit <n>', group: 'limits', kind: number(1), default: null, doc: 'URLs that are requested of one host in the life of the job' },
  { name: 'bodyBytesMax', flags: '--max-body <size>', group: 'limits', kind: bytes, default: 64 * 1024 * 1024, doc: 'a longer body is cut there' },
  { name: 'redirectsMax', flags: '--max-redirects <n>', group: 'limits', kind: few, default: 10, doc: 'redirects in a row' },
  { name: 'retries', flags: '--retries <n>', group: 'limits', kind: few, default: 3, doc: 'tries after the first one' },
  { name: 'timeoutMs', flags: '--timeout <time>', group: 'limits', kind: duration(1, DAY_MS), default: 30_000, doc: 'the longest silence: connect, TLS, first byte, between bytes' },
  { name: 'minRateBytesPerSecond', flags: '--min-rate <size>', group: 'limits', kind: rate, default: 100, doc: 'a body may take as long as it flows at least so fast, in bytes a second' },
  { name: 'responseMsMax', flags: '--max-time <time>', group: 'limits', kind: duration(1, 3650 * DAY_MS), default: 3_600_000, doc: 'a response that takes longer, from the request to its last byte, is cut there' },

  { name: 'userAgent', flags: '-A, --user-agent <text>', group: 'request', kind: fieldText, default: null, doc: 'in place of gossamer/VERSION' },
  { name: 'contact', flags: '--contact <url|mail>', group: 'request', kind: contactKind, default: null, doc: 'told to servers in the User-Agent' },
  { name: 'headers', flags: "-H, --header <'K: V'>", group: 'request', kind: { is: 'headers' }, default: [], doc: 'sent with each request, but Authorization, Cookie and Proxy-Authorization to the origins of the roots only; may be repeated' },
  { name: 'secretHeaders', flags: '--secret-header <name>', group: 'request', kind: { is: 'names' }, default: [], doc: 'a -H field of that name goes to the origins of the roots only too, and is left out of the archive; may be repeated' },
  { name: 'auth', flags: '--auth <user:pass>', group: 'request', kind: authKind, default: null, doc: 'HTTP Basic, to the origins of the roots only' },
  { name: 'insecure', flags: '--insecure', group: 'request', kind: flag, default: false, doc: 'accept any TLS certificate' },
  { name: 'allowPrivate', flags: '--allow-private', group: 'request', kind: flag, default: false, doc: 'ask private and loopback addresses too' },
  { name: 'allowedPorts', flags: '--allow-port <n>', group: 'request', kind: { is: 'ports' }, default: [], doc: 'ask this port too, though it is not usual for the web; may be repeated' },

  { name: 'output', flags: '-o, --output <dir>', group: 'job', kind: folderKind, default: null, doc: "the job's folder; without it ./crawls/HOST" },
  { name: 'fresh', flags: '--fresh', group: 'job', kind: flag, default: false, doc: 'throw an earlier job in that folder away' },
  { name: 'store', flags: '--store <url>', group: 'job', kind: storeKind, default: null, doc: "sqlite: (in the job's folder) or memory: (nothing is kept)" },
  { name: 'archive', flags: '--no-archive', group: 'job', kind: flag, default: true, doc: 'keep no bytes of what was fetched' },
  { name: 'warcCompression', flags: '--warc-compression <which>', group: 'job', kind: compressions, default: 'gzip', doc: 'of the archive: gzip, zstd or none' },
  { name: 'warcLevel', flags: '--warc-level <n>', group: 'job', kind: number(1, 19), default: 3, doc: 'how hard it compresses: gzip 1 to 9, zstd 1 to 19' },
  { name: 'archiveCredentials', flags: '--archive-credentials', group: 'job', kind: flag, default: false, doc: 'keep what --auth, -H Cookie and other secrets say; without this the archive has only their names' },
  { name: 'archiveMetadata', flags: '--archive-metadata', group: 'job', kind: flag, default: false, doc: 'keep records too of what each page links to, and of the addresses that names had' },
  { name: 'revisitsOf', flags: '--revisits-of <dir>', group: 'job', kind: folderKind, default: null, doc: 'an earlier job: what its archive has already is kept as a reference to it, and that job is needed to read it' },
  { name: 'logLevel', flags: '--log-level <level>', group: 'job', kind: levels, default: 'info', doc: "what the job's logs/gossamer.jsonl has: off, error, warn (also URLs that failed and hosts that are held), info (also retries, robots.txt, sitemaps) or debug (every decision)" },
];

const same = (given: string): string => given;

export const ALIASES: readonly OptionAlias[] = [
  { flags: '--lenient', name: 'scope', kind: flag, doc: 'the same as --scope site', translate: () => 'site' },
  { flags: '--max-tasks <n>', name: 'concurrency', kind: tasks, doc: 'the same as --concurrency', translate: same },
  { flags: '--max-redirect <n>', name: 'redirectsMax', kind: few, doc: 'the same as --max-redirects', translate: same },
  {
    flags: '--max-tries <n>',
    name: 'retries',
    kind: number(1, 101),
    doc: 'one more than --retries',
    translate: (n) => String(Number(n) - 1),
  },
];

/** `--host-concurrency` of `-x, --host-concurrency <n>`. */
export function longFlag(flags: string): string {
  return /--[a-z-]+/.exec(flags)![0];
}

export function environmentName(flags: string): string {
  return `GOSSAMER_${longFlag(flags).slice(2).toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Checks what a caller of the library gives and fills in the defaults.
 * @throws UsageError that names the option and the value.
 */
export function resolveOptions(given: CrawlInput): CrawlOptions {
  const options: Record<string, OptionValue> = {};
  for (const spec of OPTIONS) options[spec.name] = spec.default;
  for (const [name, value] of Object.entries(given)) {
    if (name === 'roots' || value === undefined) continue;
    const spec = OPTIONS.find((each) => each.name === name);
    if (spec === undefined) throw unknown(name);
    options[name] = checked(spec, value);
  }
  const resolved = { ...options, roots: rootUrls(given.roots) } as unknown as CrawlOptions;
  if (resolved.strict && (resolved.scope === 'site' || resolved.scope === 'any')) {
    throw new UsageError(
      `strict means one host exactly and scope "${resolved.scope}" means several: give one of them.`,
    );
  }
  return resolved;
}

function checked({ name, kind, default: usual }: OptionSpec, given: unknown): OptionValue {
  if (given === null && usual === null) return null;
  const value = kind.is === 'patterns' ? patternTexts(name, given) : given;
  if (!isValid(kind, value)) {
    throw new UsageError(`${name}: ${shown(value)} is not ${valueExpectationOf(kind, value)}.`);
  }
  return value as OptionValue;
}

/** One or several, each a text or a RegExp; what is neither is left for the check. */
function patternTexts(name: string, given: unknown): unknown {
  if (given === null || (typeof given !== 'string' && typeof given !== 'object')) return given;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((each) => {
    if (!isRegExp(each)) return each;
    const text = patternText(each);
    if (text !== null) return text;
    throw new UsageError(`${name}: ${each} has a flag that cannot be had here: i, m and s can.`);
  });
}

/** Also one of another realm, as in a test runner. */
function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

/** By its name or by its flag (`maxBody` is `bodyBytesMax`), or nearly so. */
function unknown(name: string): UsageError {
  const names = new Map<string, OptionName>();
  for (const { flags, name: meant } of [...ALIASES, ...OPTIONS]) {
    names.set(flagWords(flags), meant);
    names.set(meant.toLowerCase(), meant);
  }
  const meant = names.get(nearest(name.replaceAll(/[-_]/g, ''), [...names.keys()]) ?? '');
  return new UsageError(`${name} is not an option${meant === undefined ? '.' : `: did you mean ${meant}?`}`);
}

function flagWords(flags: string): string {
  return longFlag(flags).replaceAll('-', '');
}

/** One option as it was typed: `as` is `--max-tries` or `GOSSAMER_DELAY`. A flag without a value is 'true' or 'false'. */
export interface Typed {
  readonly name: OptionName;
  readonly as: string;
  readonly text: string;
}

/**
 * The options of a command line, its environment and its configuration. What was typed later wins; lists grow; the command line
 * beats the environment, and both beat `configured`.
 * @throws UsageError that names the option as it was typed.
 */
export function readOptions(
  roots: CrawlInput['roots'],
  typed: readonly Typed[],
  environment: Readonly<Record<string, string | undefined>>,
  configured: CrawlChoices = {},
): CrawlOptions {
  const input: Record<string, unknown> = { ...configured, roots };
  for (const spec of OPTIONS) {
    const own = typed.filter(({ name }) => name === spec.name);
    let given: OptionValue | undefined;
    for (const each of own.length > 0 ? own : fromEnvironment(spec, environment)) {
      const value = meaning(spec, each);
      given = Array.isArray(value) && Array.isArray(given) ? [...given, ...value] : value;
    }
    if (given !== undefined) input[spec.name] = given;
  }
  return resolveOptions(input as unknown as CrawlInput);
}

function meaning(spec: OptionSpec, { as, text: given }: Typed): OptionValue {
  const alias = ALIASES.find(({ flags }) => longFlag(flags) === as);
  const kind = alias?.kind ?? spec.kind;
  if (readText(kind, given) === undefined) throw misfit(as, given, kind);
  return readText(spec.kind, alias === undefined ? given : alias.translate(given))!;
}

// A list is given one entry a line; `GOSSAMER_NO_ROBOTS=1` says what `--no-robots` says.
function fromEnvironment(spec: OptionSpec, environment: Readonly<Record<string, string | undefined>>): Typed[] {
  const as = environmentName(spec.flags);
  const given = environment[as];
  if (given === undefined || given === '') return [];
  if (Array.isArray(spec.default))
    return given
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ name: spec.name, as, text: line }));
  if (!isTurnedOff(spec)) return [{ name: spec.name, as, text: given }];
  const said = readText(spec.kind, given);
  if (said === undefined) throw misfit(as, given, spec.kind);
  return [{ name: spec.name, as, text: String(!said) }];
}

/** Whether the option's flag begins with `--no-`. */
export function isTurnedOff(spec: OptionSpec): boolean {
  return spec.kind.is === 'flag' && spec.default === true;
}

function misfit(as: string, text: string, kind: Kind): UsageError {
  return new UsageError(`${as}: ${shown(text)} is not ${expectationOf(kind, text)}.`);
}

/** The folder of the job: as given, or ./crawls/HOST with _PORT where there is one, of the first root. */
export function jobFolder(options: CrawlOptions): string {
  return options.output ?? usualFolder(options.roots);
}

/** Where a job with these roots is, unless the user names another folder. */
export function usualFolder(roots: readonly string[]): string {
  const { hostname, port } = new URL(roots[0]!);
  const host = hostname.replace(/^\[|\]$/g, '').replaceAll(':', '-');
  return `crawls/${host}${port === '' ? '' : `_${port}`}`;
}
