// Every option, in one table. The flags of the command line, the names of the environment variables, the help and the
// guide come from it. Options are checked once, here: code that receives CrawlOptions does not check them again.

import { UsageError } from '../base/errors.ts';
import { LOG_LEVELS } from '../base/log-levels.ts';
import { loginMarkOf } from '../base/login-mark.ts';
import { nearest } from '../base/nearest.ts';
import { patternText } from '../url/pattern.ts';
import { archiveKind } from './archive-place.ts';
import { isLogin } from './by-origin.ts';
import type { CrawlInput, CrawlOptions, OptionName } from './crawl-options.ts';
import { hostsKind, readHosts } from './host-settings.ts';
import { agentKind, proxiesKind, rateKind, resolveKind, sourceKind } from './network-kinds.ts';
import { rootUrls } from './root-url.ts';
import { shown } from './shown.ts';
import { isValid, type Kind, type OptionValue, valueExpectationOf } from './values.ts';

export type { CrawlInput, CrawlOptions, OptionName } from './crawl-options.ts';
export { jobFolder, usualFolder } from './job-folder.ts';

export interface OptionSpec {
  readonly name: OptionName;
  /** As on the command line. A flag that begins with `--no-` turns off what is on by default. */
  readonly flags: string;
  readonly group: 'scope' | 'pace' | 'limits' | 'request' | 'job';
  readonly kind: Kind;
  readonly default: OptionValue;
  readonly doc: string;
}

/** Another flag for an option: its text is translated into a text for the option. */
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
const rate: Kind = { is: 'bytes', min: 0, isRate: true };
const text = (pattern: Pick<RegExp, 'test'>, expected: string): Kind => ({ is: 'text', pattern, expected });
const scopes: Kind = { is: 'choice', choices: ['host', 'prefix', 'page', 'site', 'any'] };
const fieldText = text(/^[\t\x20-\x7e\xa0-\xff]+$/, 'one line of Latin-1 text');
const contactKind = text(/^(https?:\/\/[^\s()]+|[^\s()@]+@[^\s()@]+)$/, 'a URL or a mail address');
const texts = (isItem: (text: string) => boolean, expected: string): Kind => ({ is: 'texts', isItem, expected });
const logins = texts(isLogin, 'written like USER:PASS, or https://HOST=USER:PASS for one origin alone');
const refererKind = text(/^https?:\/\/[\x21-\x7e]+$/i, 'the http or https URL of a page, in ASCII');
const markKind = text(
  { test: (mark) => loginMarkOf(mark) !== null },
  'a text, css: with a selector of one element (css:a[href*=logout]), or a URL',
);
const compressions: Kind = { is: 'choice', choices: ['gzip', 'zstd', 'none'] };
const levels: Kind = { is: 'choice', choices: LOG_LEVELS };
const storeKind = text(
  /^(?:sqlite:|memory:|postgres(?:ql)?:(?:\/\/\S+)?)$/,
  'sqlite:, memory: or postgres://USER@HOST/DATABASE',
);
const nameKind = text(/^[^\0/\\]{1,100}$/, 'a name without slashes');
const fileKind = text(/^[^\0]+$/, 'the name of a file');
const folderKind = text(/^(?!-$|\s+$)[^\0]+$/, 'the name of a folder');

const listKind = text(/^[^\0\r\n]*$/, 'one line of names, separated by commas');

/** The one table of options. */
// biome-ignore format: a table is read by its rows
export const OPTIONS: readonly OptionSpec[] = [
  { name: 'scope', flags: '--scope <which>', group: 'scope', kind: scopes, default: 'host', doc: 'which URLs belong to the job: host, prefix (the folder where the redirects of a root end, also those of a page that leads on by itself; for a root /docs that does not redirect: /docs and everything below), page, site (the registrable domain) or any' },
  { name: 'strict', flags: '--strict', group: 'scope', kind: flag, default: false, doc: 'match host and scheme exactly: example.com and www.example.com are different hosts, http and https different schemes' },
  { name: 'include', flags: '--include <re>', group: 'scope', kind: { is: 'patterns' }, default: [], doc: 'request only URLs that match, and the roots; may be repeated: one match is enough' },
  { name: 'exclude', flags: '--exclude <re>', group: 'scope', kind: { is: 'patterns' }, default: [], doc: 'skip URLs that match, except the roots; may be repeated' },
  { name: 'depth', flags: '-d, --depth <n>', group: 'scope', kind: number(0, 1_000_000), default: null, doc: 'follow at most this many links from a root' },
  { name: 'sitemaps', flags: '--no-sitemaps', group: 'scope', kind: flag, default: true, doc: "do not read the sitemaps of the roots' hosts" },
  { name: 'pageRequisites', flags: '--page-requisites', group: 'scope', kind: flag, default: false, doc: 'fetch images, styles, scripts and fonts too, also from other hosts' },
  { name: 'keepParameters', flags: '--keep-parameters', group: 'scope', kind: flag, default: false, doc: 'treat URLs that differ only in session ids or tracking parameters (PHPSESSID, utm_source) as different pages' },

  { name: 'concurrency', flags: '-c, --concurrency <n>', group: 'pace', kind: tasks, default: 100, doc: 'the most requests in flight at a time, over all hosts' },
  { name: 'hostConcurrency', flags: '--host-concurrency <n>', group: 'pace', kind: tasks, default: 16, doc: 'the most requests in flight at a time to one host' },
  { name: 'delayMs', flags: '--delay <ms>', group: 'pace', kind: duration(0, DAY_MS, 'ms'), default: 0, doc: 'time between the starts of requests to one host, which then go one at a time; a number alone is milliseconds' },
  { name: 'adapt', flags: '--no-adapt', group: 'pace', kind: flag, default: true, doc: 'allow --host-concurrency requests in flight from the start, without finding out what a host can take; only for your own server' },
  { name: 'robots', flags: '--no-robots', group: 'pace', kind: flag, default: true, doc: 'do not ask for robots.txt and do not obey it' },
  { name: 'robotsForbiddenDenies', flags: '--robots-forbidden-denies', group: 'pace', kind: flag, default: false, doc: 'a robots.txt with status 401 or 403 forbids its whole host; without this option it allows everything' },
  { name: 'followNofollow', flags: '--follow-nofollow', group: 'pace', kind: flag, default: false, doc: 'follow links that are marked nofollow' },
  { name: 'hostPatienceMs', flags: '--host-patience <time>', group: 'pace', kind: duration(0, 365 * DAY_MS), default: 3_600_000, doc: 'how long a host may keep us waiting before the job goes on without it' },

  { name: 'limit', flags: '--limit <n>', group: 'limits', kind: number(1), default: null, doc: 'the most URLs to request in the life of the job' },
  { name: 'traps', flags: '--no-traps', group: 'limits', kind: flag, default: true, doc: 'do not skip endless series of pages that say nothing new' },
  { name: 'timeLimitMs', flags: '--time-limit <time>', group: 'limits', kind: duration(1, 3650 * DAY_MS), default: null, doc: 'how long this run may take' },
  { name: 'sizeLimitBytes', flags: '--size-limit <size>', group: 'limits', kind: bytes, default: null, doc: 'the most bytes to receive in the life of the job, robots.txt and sitemaps included; requests in flight at the limit are cut off and repeated in a later run' },
  { name: 'hostLimit', flags: '--host-limit <n>', group: 'limits', kind: number(1), default: null, doc: 'the most URLs to request from one host in the life of the job' },
  { name: 'bodyBytesMax', flags: '--max-body <size>', group: 'limits', kind: bytes, default: 64 * 1024 * 1024, doc: 'cut off a body at this size' },
  { name: 'redirectsMax', flags: '--max-redirects <n>', group: 'limits', kind: few, default: 10, doc: 'the most redirects in a row' },
  { name: 'retries', flags: '--retries <n>', group: 'limits', kind: few, default: 3, doc: 'how often to retry a URL after its first try' },
  { name: 'timeoutMs', flags: '--timeout <time>', group: 'limits', kind: duration(1, DAY_MS), default: 30_000, doc: 'the longest silence in each stage: connecting, TLS, waiting for the first byte, between bytes' },
  { name: 'minRateBytesPerSecond', flags: '--min-rate <size>', group: 'limits', kind: rate, default: 100, doc: 'cut off a body that comes more slowly than this, in bytes per second; 0 sets no minimum' },
  { name: 'rateLimit', flags: '--rate-limit <[host=]size>', group: 'limits', kind: rateKind, default: [], doc: 'read at most so many bytes per second, over all hosts or, with a host before it (example.com=100KB), from that host; may be repeated' },
  { name: 'responseMsMax', flags: '--max-time <time>', group: 'limits', kind: duration(1, 3650 * DAY_MS), default: 3_600_000, doc: 'how long a response may take, from the request to its last byte; the rest is cut off' },

  { name: 'userAgent', flags: '-A, --user-agent <text>', group: 'request', kind: fieldText, default: null, doc: 'the User-Agent, instead of gossamer/VERSION' },
  { name: 'contact', flags: '--contact <url|mail>', group: 'request', kind: contactKind, default: null, doc: 'put this address into the User-Agent, so that the owner of a server can reach you' },
  { name: 'referer', flags: '-e, --referer <url>', group: 'request', kind: refererKind, default: null, doc: 'send this Referer with each request' },
  { name: 'headers', flags: "-H, --header <'K: V'>", group: 'request', kind: { is: 'headers' }, default: [], doc: "send this header with each request; Authorization, Cookie and Proxy-Authorization go only to the origins of the roots; with an origin before it ('https://api.example.com=Authorization: Bearer ...') it goes there and nowhere else; may be repeated" },
  { name: 'secretHeaders', flags: '--secret-header <name>', group: 'request', kind: { is: 'names' }, default: [], doc: 'send the -H header of this name only to the origins of the roots, and leave its value out of the archive; may be repeated' },
  { name: 'auth', flags: '--auth <user:pass>', group: 'request', kind: logins, default: [], doc: 'a user and a password, for the origins of the roots, or with an origin before them (https://api.example.com=USER:PASS) for that one alone: sent at once as HTTP Basic, and as Digest where the server asks for that; may be repeated' },
  { name: 'digest', flags: '--digest', group: 'request', kind: flag, default: false, doc: 'send no password as HTTP Basic: wait until the server asks for Digest' },
  { name: 'netrc', flags: '--netrc', group: 'request', kind: flag, default: false, doc: 'take users and passwords from ~/.netrc, for the machines that it names; --auth wins' },
  { name: 'netrcFile', flags: '--netrc-file <file>', group: 'request', kind: fileKind, default: null, doc: 'the same from this file' },
  { name: 'hosts', flags: '--hosts <json>', group: 'request', kind: hostsKind, default: null, doc: 'settings of single hosts, as JSON: for each host (example.com, example.com:8080, *.example.com) any of delayMs, concurrency, headers, proxy, auth, userAgent and rateLimit; in a file of options it is an object' },
  { name: 'loggedIn', flags: '--logged-in <mark>', group: 'request', kind: markKind, default: null, doc: "how one sees that you are still logged in: a text on each page ('Log out'), an element (css:a[href*=logout]) or a URL that answers with 200 (https://example.com/me); where it is lost the host waits until you have run gossamer login again" },
  { name: 'cookies', flags: '--no-cookies', group: 'request', kind: flag, default: true, doc: 'keep no cookies: take those of no server, and send none but that of -H Cookie' },
  { name: 'cookieFile', flags: '--cookies <file>', group: 'request', kind: fileKind, default: null, doc: "begin with the cookies in this file: cookies.txt as browsers and curl write it, or a storageState of Playwright" },
  { name: 'saveCookies', flags: '--save-cookies <file>', group: 'request', kind: fileKind, default: null, doc: 'write all cookies to this file at the end, as cookies.txt or, if its name ends in .json, as a storageState' },
  { name: 'insecure', flags: '--insecure', group: 'request', kind: flag, default: false, doc: 'accept any TLS certificate' },
  { name: 'http2', flags: '--no-http2', group: 'request', kind: flag, default: true, doc: 'speak HTTP/1.1 with every server, also where it would choose HTTP/2' },
  { name: 'ca', flags: '--ca <file>', group: 'request', kind: fileKind, default: null, doc: 'a file (PEM) with issuers to trust beside those of this machine' },
  { name: 'cert', flags: '--cert <file>', group: 'request', kind: fileKind, default: null, doc: 'a file (PEM) with your client certificate, sent only to the origins of the roots' },
  { name: 'key', flags: '--key <file>', group: 'request', kind: fileKind, default: null, doc: 'the file (PEM) with the key of --cert; without it the key is in the same file' },
  { name: 'keyPassphrase', flags: '--pass <text>', group: 'request', kind: { is: 'text', pattern: /^\P{Cc}+$/u, expected: 'one line of text' }, default: null, doc: 'the passphrase of --key; others on this machine can see a command line, so rather give it in the environment' },
  { name: 'aia', flags: '--aia', group: 'request', kind: flag, default: false, doc: 'fetch the certificate of an issuer that a server does not send, over http from where its own certificate says' },
  { name: 'minTls', flags: '--min-tls <version>', group: 'request', kind: { is: 'choice', choices: ['1.2', '1.3'] }, default: null, doc: 'the least version of TLS to speak, 1.2 or 1.3' },
  { name: 'proxy', flags: '--proxy <url>', group: 'request', kind: proxiesKind, default: [], doc: "send requests through this proxy: http://, https://, socks5:// (names are resolved here) or socks5h:// (by the proxy), with USER:PASS@ before the host if it wants them; without it HTTP_PROXY, HTTPS_PROXY and ALL_PROXY count, and --proxy '' ignores them; may be repeated: each host keeps to one" },
  { name: 'proxyFile', flags: '--proxy-file <file>', group: 'request', kind: fileKind, default: null, doc: 'read proxies from a file, one per line; # begins a comment; each host keeps to one of them, and takes another while it fails' },
  { name: 'noProxy', flags: '--noproxy <hosts>', group: 'request', kind: listKind, default: null, doc: 'names, addresses and networks to request without a proxy, separated by commas; * is every host; without it NO_PROXY counts' },
  { name: 'proxyDigest', flags: '--proxy-digest', group: 'request', kind: flag, default: false, doc: 'send no password to a proxy as HTTP Basic: wait until it asks for Digest' },
  { name: 'proxyInsecure', flags: '--proxy-insecure', group: 'request', kind: flag, default: false, doc: 'accept any TLS certificate of a proxy' },
  { name: 'proxyCa', flags: '--proxy-ca <file>', group: 'request', kind: fileKind, default: null, doc: 'a file (PEM) with the issuers that the certificate of a proxy may have' },
  { name: 'resolve', flags: '--resolve <host:port:addr>', group: 'request', kind: resolveKind, default: [], doc: 'connect to this address (or to several, separated by commas) for this host and port, without asking DNS; it may be private; the host * is every host; may be repeated' },
  { name: 'localAddress', flags: '--interface <addr>', group: 'request', kind: sourceKind, default: null, doc: 'connect from this address of the machine, or from the interface of this name' },
  { name: 'ipv4', flags: '-4, --ipv4', group: 'request', kind: flag, default: false, doc: 'connect to IPv4 addresses alone' },
  { name: 'ipv6', flags: '-6, --ipv6', group: 'request', kind: flag, default: false, doc: 'connect to IPv6 addresses alone' },
  { name: 'unixSocket', flags: '--unix-socket <path>', group: 'request', kind: fileKind, default: null, doc: 'connect to this Unix socket, whatever the host, and through no proxy: for a server of your own' },
  { name: 'signKey', flags: '--sign-key <file>', group: 'request', kind: fileKind, default: null, doc: 'sign each request (RFC 9421, Web Bot Auth) with the private key of Ed25519 in this file, PEM or JWK; gossamer sign --directory prints its public half for your site' },
  { name: 'signAgent', flags: '--sign-agent <url>', group: 'request', kind: agentKind, default: null, doc: 'the site whose directory has that key, sent as Signature-Agent' },
  { name: 'allowPrivate', flags: '--allow-private', group: 'request', kind: flag, default: false, doc: 'allow private and loopback addresses' },
  { name: 'allowedPorts', flags: '--allow-port <n>', group: 'request', kind: { is: 'ports' }, default: [], doc: 'allow this port, although it is unusual for the web; may be repeated' },

  { name: 'output', flags: '-o, --output <dir>', group: 'job', kind: folderKind, default: null, doc: "the job's folder; without it ./crawls/HOST" },
  { name: 'fresh', flags: '--fresh', group: 'job', kind: flag, default: false, doc: 'delete an earlier job in that folder' },
  { name: 'store', flags: '--store <url>', group: 'job', kind: storeKind, default: null, doc: "where the job is kept: sqlite: (in its folder), memory: (nothing is kept) or postgres://USER@HOST/DATABASE; postgres: alone takes the address from DATABASE_URL" },
  { name: 'databasePatienceMs', flags: '--db-patience <time>', group: 'job', kind: duration(0, 365 * DAY_MS), default: 600_000, doc: 'how long the crawl waits for a database server that does not answer any more; then it ends with exit code 3, and the same command continues' },
  { name: 'job', flags: '--job <name>', group: 'job', kind: nameKind, default: null, doc: "the job's name in a database; without it the name of its folder" },
  { name: 'worker', flags: '--worker <name>', group: 'job', kind: nameKind, default: null, doc: 'the name of this process among those that work on a job in a database; without it the name of the machine' },
  { name: 'leaseMs', flags: '--lease <time>', group: 'job', kind: duration(1_000, 3_600_000), default: 10_000, doc: 'how long a worker of a job in a database keeps its hosts when it gives no sign of life' },
  { name: 'archive', flags: '--no-archive', group: 'job', kind: flag, default: true, doc: 'do not keep the bytes of the responses' },
  { name: 'archivePlace', flags: '--archive <place>', group: 'job', kind: archiveKind, default: null, doc: "a folder, or s3://BUCKET/PREFIX, to which each complete file of the archive is moved; S3 is found and entered with the variables AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN" },
  { name: 'archiveSpoolBytes', flags: '--archive-spool <size>', group: 'job', kind: { is: 'bytes', min: 1024 * 1024 }, default: 8 * 1024 ** 3, doc: "with --archive: how much of the archive may wait in the job's folder; when it is full the crawl waits" },
  { name: 'archivePatienceMs', flags: '--archive-patience <time>', group: 'job', kind: duration(0, 365 * DAY_MS), default: 120_000, doc: 'with --archive: how long to wait for its place at the end of a run, or with a full spool, before the run ends with exit code 3' },
  { name: 'warcCompression', flags: '--warc-compression <which>', group: 'job', kind: compressions, default: 'gzip', doc: 'compression of the archive: gzip, zstd (few other tools read it) or none' },
  { name: 'warcLevel', flags: '--warc-level <n>', group: 'job', kind: number(1, 19), default: 3, doc: 'compression level: gzip 1 to 9, zstd 1 to 19' },
  { name: 'archiveCredentials', flags: '--archive-credentials', group: 'job', kind: flag, default: false, doc: 'keep the values of --auth, Cookie, Set-Cookie and other secrets in the archive; without this option it has only their names' },
  { name: 'archiveMetadata', flags: '--archive-metadata', group: 'job', kind: flag, default: false, doc: 'also archive the links of each page, and the addresses to which host names were resolved' },
  { name: 'revisitsOf', flags: '--revisits-of <dir>', group: 'job', kind: folderKind, default: null, doc: 'the folder of an earlier job: a response that its archive already has is kept as a reference to it, so keep the earlier job to read this one' },
  { name: 'index', flags: '--index', group: 'job', kind: flag, default: false, doc: 'make the pages searchable while they come, for gossamer search; a thread with a low priority does it, and the end of the run waits for it' },
  { name: 'logLevel', flags: '--log-level <level>', group: 'job', kind: levels, default: 'info', doc: "how much the job's logs/gossamer.jsonl has: off, error, warn (failed URLs and held hosts too), info (retries, robots.txt and sitemaps too) or debug (every decision)" },
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
  return /--[a-z0-9-]+/.exec(flags)![0];
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
      `strict means exactly one host, but scope "${resolved.scope}" means several: use only one of them.`,
    );
  }
  if (resolved.ipv4 && resolved.ipv6) {
    throw new UsageError('ipv4 and ipv6 exclude each other: use only one of them (-4 or -6).');
  }
  return resolved;
}

function checked({ name, kind, default: usual }: OptionSpec, given: unknown): OptionValue {
  if (given === null && usual === null) return null;
  if (kind === hostsKind) return readHosts(name, given);
  const value = kind.is === 'patterns' ? patternTexts(name, given) : kind.is === 'texts' ? asList(given) : given;
  if (!isValid(kind, value)) {
    throw new UsageError(`${name}: ${shown(value)} is not ${valueExpectationOf(kind, value)}.`);
  }
  return value as OptionValue;
}

/** One text stands for a list of one. */
function asList(given: unknown): unknown {
  if (given === null) return [];
  if (typeof given === 'number') return [String(given)];
  return typeof given === 'string' ? (given.trim() === '' ? [] : [given]) : given;
}

/** One pattern or several, each a text or a RegExp. Anything else is left for `isValid` to refuse. */
function patternTexts(name: string, given: unknown): unknown {
  if (given === null || (typeof given !== 'string' && typeof given !== 'object')) return given;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((each) => {
    if (!isRegExp(each)) return each;
    const text = patternText(each);
    if (text !== null) return text;
    throw new UsageError(`${name}: ${each} has an unsupported flag: only i, m and s are supported.`);
  });
}

/** Recognises a RegExp of another realm too, as in a test runner. */
function isRegExp(value: unknown): value is RegExp {
  return Object.prototype.toString.call(value) === '[object RegExp]';
}

/**
 * The error for an unknown name. It suggests the option with the nearest name or flag (`maxBody` means `bodyBytesMax`).
 */
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

/** Whether the option's flag begins with `--no-`. */
export function isTurnedOff(spec: OptionSpec): boolean {
  return spec.kind.is === 'flag' && spec.default === true;
}
