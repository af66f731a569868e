// The options of a crawl as a program gives them (`CrawlInput`) and as the parts receive them (`CrawlOptions`). Flags,
// defaults and checks are in options.ts.

import type { LogLevel } from '../base/log-levels.ts';
import type { HostSettings, HostTable } from './host-settings.ts';
import type { LoginOptions } from './login-options.ts';
import type { NetworkOptions } from './network-options.ts';
import type { ProxyOptions } from './proxy-options.ts';
import type { TlsOptions } from './tls-options.ts';

/** A crawl's options, resolved and checked. Names end in the unit. */
export interface CrawlOptions extends LoginOptions, NetworkOptions, ProxyOptions, TlsOptions {
  /** Where to begin: absolute http(s) URLs without fragment. */
  readonly roots: readonly string[];

  /**
   * Which URLs belong to the job. `host`: those on the hosts of the roots; http and https, with or without `www.`,
   * count as the same host. `prefix`: those in the folder of a root and below it. `page`: the roots alone. `site`:
   * those of the registrable domain. `any`: all. `--scope`; `host` by default.
   */
  readonly scope: 'host' | 'prefix' | 'page' | 'site' | 'any';
  /**
   * Host and scheme must be exactly those of a root, for the scopes `host` and `prefix`. `--strict`; false by default.
   */
  readonly strict: boolean;
  /**
   * Regular expressions that may match anywhere in the URL. If there are any, a URL must match one of them, unless it
   * is a root. `--include`; empty by default.
   */
  readonly include: readonly string[];
  /**
   * Regular expressions that may match anywhere in the URL. A URL that matches one is skipped, unless it is a root.
   * `--exclude`; empty by default.
   */
  readonly exclude: readonly string[];
  /** The most links from a root to a page; null for no limit. `--depth`; null by default. */
  readonly depth: number | null;
  /**
   * Fetch what pages need too: images, styles, scripts and fonts, also from other hosts. `--page-requisites`; false by
   * default.
   */
  readonly pageRequisites: boolean;
  /**
   * Treat URLs as different pages even if they differ only in session ids or tracking parameters (PHPSESSID,
   * utm_source). `--keep-parameters`; false by default.
   */
  readonly keepParameters: boolean;
  /**
   * Read the sitemaps of the roots' hosts after all links were followed. `--no-sitemaps` turns it off; true by default.
   */
  readonly sitemaps: boolean;

  /**
   * The most requests in flight at a time, over all hosts. `onPage` is called for at most this many pages at a time.
   * `--concurrency`; 100 by default.
   */
  readonly concurrency: number;
  /** The most requests in flight at a time to one host. `--host-concurrency`; 16 by default. */
  readonly hostConcurrency: number;
  /**
   * Milliseconds between the starts of two requests to one host; 0 for no delay. With a delay, requests to a host go
   * one at a time. `--delay`; 0 by default.
   */
  readonly delayMs: number;
  /**
   * Find out how many requests at once each host can take. If false, `hostConcurrency` requests are allowed from the
   * start: only for your own server. `--no-adapt` turns it off; true by default.
   */
  readonly adapt: boolean;
  /** Ask for robots.txt first and obey it. `--no-robots` turns it off; true by default. */
  readonly robots: boolean;
  /**
   * If true, a robots.txt with status 401 or 403 forbids its whole host. If false, it allows everything.
   * `--robots-forbidden-denies`; false by default.
   */
  readonly robotsForbiddenDenies: boolean;
  /** Follow links that are marked nofollow. `--follow-nofollow`; false by default. */
  readonly followNofollow: boolean;
  /**
   * Milliseconds that a host may keep us waiting before the job goes on without it. `--host-patience`; 3600000 by
   * default.
   */
  readonly hostPatienceMs: number;

  /**
   * The most URLs to request in the life of the job, over all its runs; null for no limit. `--limit`; null by default.
   */
  readonly limit: number | null;
  /**
   * Skip URLs of endless series of pages that say nothing new, with the reason `trap`. `--no-traps` turns it off; true
   * by default.
   */
  readonly traps: boolean;
  /** Milliseconds that this run may take; null for no limit. `--time-limit`; null by default. */
  readonly timeLimitMs: number | null;
  /**
   * The most bytes to receive in the life of the job, over all its runs; null for no limit. `--size-limit`; null by
   * default.
   */
  readonly sizeLimitBytes: number | null;
  /**
   * The most URLs to request from one host in the life of the job; null for no limit. `--host-limit`; null by default.
   */
  readonly hostLimit: number | null;
  /** The most bytes of a body; the rest is cut off. `--max-body`; 67108864 by default. */
  readonly bodyBytesMax: number;
  /** The most redirects in a row; one more is a failure. `--max-redirects`; 10 by default. */
  readonly redirectsMax: number;
  /** How often to retry a URL if the failure may be temporary. `--retries`; 3 by default. */
  readonly retries: number;
  /**
   * Milliseconds of silence until a request times out, in each stage: connect, TLS, first byte, between bytes.
   * `--timeout`; 30000 by default.
   */
  readonly timeoutMs: number;
  /**
   * A body that comes more slowly than this, in bytes per second, is cut off; 0 sets no minimum. `--min-rate`; 100 by
   * default.
   */
  readonly minRateBytesPerSecond: number;
  /**
   * Milliseconds that a response may take, from the request to its last byte; the rest is cut off. `--max-time`;
   * 3600000 by default.
   */
  readonly responseMsMax: number;

  /** The User-Agent to send; null for `gossamer/VERSION`. `--user-agent`; null by default. */
  readonly userAgent: string | null;
  /** A URL or a mail address to put into the User-Agent; null for no address. `--contact`; null by default. */
  readonly contact: string | null;
  /** The URL to send as Referer with each request; null for no Referer. `--referer`; null by default. */
  readonly referer: string | null;
  /**
   * Header fields to send with each request, as a list of name, value, name, value. `Authorization`, `Cookie` and
   * `Proxy-Authorization` go only to the origins of the roots. A name with an origin before it
   * (`https://api.example.com=Authorization`) goes there and nowhere else. `--header`; empty by default.
   */
  readonly headers: readonly string[];
  /**
   * Names of header fields that are secret too: they go only to the origins of the roots, and the archive leaves out
   * their values. `--secret-header`; empty by default.
   */
  readonly secretHeaders: readonly string[];
  /**
   * Settings of single hosts, by their names: `example.com`, `example.com:8080`, `*.example.com`, `*`. The most exact
   * name wins; null for none. `--hosts`; null by default.
   */
  readonly hosts: HostTable | null;
  /** Keep the cookies that servers set, and send them back. `--no-cookies` turns it off; true by default. */
  readonly cookies: boolean;
  /**
   * A file with cookies to begin with, a `cookies.txt` or a `storageState`; null for no file. `--cookies`; null by
   * default.
   */
  readonly cookieFile: string | null;
  /** The file that has all cookies after the run; null for no file. `--save-cookies`; null by default. */
  readonly saveCookies: string | null;
  /** Accept any TLS certificate. `--insecure`; false by default. */
  readonly insecure: boolean;
  /** Speak HTTP/2 with servers that choose it in the TLS handshake. `--no-http2` turns it off; true by default. */
  readonly http2: boolean;
  /** Allow private and loopback addresses, even if no root has such an address. `--allow-private`; false by default. */
  readonly allowPrivate: boolean;
  /** Ports to allow although they are unusual for the web. `--allow-port`; empty by default. */
  readonly allowedPorts: readonly number[];

  /** The job's folder; null for `./crawls/HOST`, named for the first root. `--output`; null by default. */
  readonly output: string | null;
  /** Delete an earlier job in that folder. `--fresh`; false by default. */
  readonly fresh: boolean;
  /**
   * `sqlite:` keeps the job in its folder, `memory:` keeps nothing, `postgres://USER@HOST/DATABASE` keeps it in that
   * database; null for `sqlite:`. `--store`; null by default.
   */
  readonly store: string | null;
  /**
   * Milliseconds that the crawl waits for a database server that does not answer any more. Then it fails with
   * MachineError, and can go on later. `--db-patience`; 600000 by default.
   */
  readonly databasePatienceMs: number;
  /** The job's name in a database; null for the name of its folder. `--job`; null by default. */
  readonly job: string | null;
  /**
   * The name of this process among those that work on a job in a database; null for the name of the machine.
   * `--worker`; null by default.
   */
  readonly worker: string | null;
  /**
   * Milliseconds for which a worker of a job in a database keeps its hosts without a sign of life. `--lease`; 10000 by
   * default.
   */
  readonly leaseMs: number;
  /** Keep the bytes of all responses, as WARC. `--no-archive` turns it off; true by default. */
  readonly archive: boolean;
  /**
   * A folder, or `s3://BUCKET/PREFIX`, to which each complete file of the archive is moved; null for the job's
   * folder alone. S3 is found and entered with the `AWS_*` variables of the environment. `--archive`;
   * null by default.
   */
  readonly archivePlace: string | null;
  /**
   * How many bytes of the archive may wait in the job's folder until they are moved; then the crawl waits.
   * `--archive-spool`; 8589934592 by default.
   */
  readonly archiveSpoolBytes: number;
  /**
   * Milliseconds to wait for that place at the end of a run, or when that many bytes wait. `--archive-patience`; 120000
   * by default.
   */
  readonly archivePatienceMs: number;
  /** The compression of the archive. `--warc-compression`; `gzip` by default. */
  readonly warcCompression: 'gzip' | 'zstd' | 'none';
  /** The compression level: gzip 1 to 9, zstd 1 to 19. `--warc-level`; 3 by default. */
  readonly warcLevel: number;
  /**
   * Keep the values of secret header fields; otherwise the archive has only their names. `--archive-credentials`; false
   * by default.
   */
  readonly archiveCredentials: boolean;
  /** Write records of each page's links and of the resolved addresses too. `--archive-metadata`; false by default. */
  readonly archiveMetadata: boolean;
  /**
   * The folder of an earlier job; null for none. A response that its archive already has is kept as a reference to it,
   * so that job is needed to read this one. `--revisits-of`; null by default.
   */
  readonly revisitsOf: string | null;
  /** Make the index for searches while the pages come. The summary waits for it. `--index`; false by default. */
  readonly index: boolean;
  /**
   * How much the job's logs/gossamer.jsonl has, from nothing (`off`) to every decision (`debug`). `--log-level`; `info`
   * by default.
   */
  readonly logLevel: LogLevel;
}

export type OptionName = Exclude<keyof CrawlOptions, 'roots'>;

/** A URL to begin at. Text without a scheme means https, or http on loopback. */
export type RootInput = string | URL;

/**
 * A regular expression that may match anywhere in the URL. It is matched in linear time, so it has no look-around and
 * no back-references. The flags `i`, `m` and `s` are supported; `v` and `y` are refused.
 */
export type PatternInput = string | RegExp;

/** The same object with whatever should differ from the defaults; undefined is the default. */
type Choices<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** These take one text as well as a list. */
type Listed = 'include' | 'exclude' | 'proxy' | 'auth' | 'resolve' | 'rateLimit' | 'hosts';

/** The options of a crawl as a program gives them, in the names of the command line with units last (`timeoutMs`). */
export interface CrawlChoices extends Choices<Omit<CrawlOptions, 'roots' | Listed>> {
  /** One login or several, as in `CrawlOptions`. `--auth`; empty by default. */
  readonly auth?: string | readonly string[] | null | undefined;
  /** Settings of single hosts, by their names, as in `CrawlOptions`. `--hosts`; null by default. */
  readonly hosts?: Readonly<Record<string, HostSettings>> | null | undefined;
  /** One proxy or several, as in `CrawlOptions`. `--proxy`; empty by default. */
  readonly proxy?: string | readonly string[] | undefined;
  /** One rate or several, as in `CrawlOptions`; a number is for all hosts. `--rate-limit`; empty by default. */
  readonly rateLimit?: number | string | readonly string[] | undefined;
  /** One address or several, as in `CrawlOptions`. `--resolve`; empty by default. */
  readonly resolve?: string | readonly string[] | undefined;
  /**
   * Regular expressions that may match anywhere in the URL. If there are any, a URL must match one of them, unless it
   * is a root. `--include`; empty by default.
   */
  readonly include?: PatternInput | readonly PatternInput[] | undefined;
  /**
   * Regular expressions that may match anywhere in the URL. A URL that matches one is skipped, unless it is a root.
   * `--exclude`; empty by default.
   */
  readonly exclude?: PatternInput | readonly PatternInput[] | undefined;
}

/** What a caller gives: one root or several, and whatever should differ from the defaults. */
export interface CrawlInput extends CrawlChoices {
  /** Where to begin. Without a scheme it is https, or http on loopback. */
  readonly roots: RootInput | readonly RootInput[];
}
