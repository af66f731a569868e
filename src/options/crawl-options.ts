// The options of a crawl as a program gives them and as the parts get them. Flags, defaults and checks are in options.ts.

import type { LogLevel } from '../base/log-levels.ts';

/** A crawl's options, resolved and checked. Units stand last in the names. */
export interface CrawlOptions {
  /** Absolute http(s) URLs without fragment. */
  readonly roots: readonly string[];

  /**
   * Which URLs belong to the job: those of the roots' hosts (http and https, with and without `www.`, are one), those under the folder of a root (`prefix`),
   * the roots alone (`page`), those of the registrable domain (`site`), or all. `--scope`; `host` by default.
   */
  readonly scope: 'host' | 'prefix' | 'page' | 'site' | 'any';
  /** Host and scheme exactly as in a root, for the scopes `host` and `prefix`. `--strict`; false by default. */
  readonly strict: boolean;
  /** Regular expressions on the whole URL: where there are any, one must match, but for roots. `--include`; empty by default. */
  readonly include: readonly string[];
  /** Regular expressions on the whole URL: where one matches, the URL is skipped unless it is a root. `--exclude`; empty by default. */
  readonly exclude: readonly string[];
  /** At most this many links from a root; null for any number. `--depth`; null by default. */
  readonly depth: number | null;
  /** Also what pages are made of: images, styles, scripts and fonts, on other hosts too. `--page-requisites`; false by default. */
  readonly pageRequisites: boolean;
  /**
   * URLs that differ in session ids or marks of advertisers only (PHPSESSID, utm_source) are different pages. `--keep-parameters`; false by default.
   */
  readonly keepParameters: boolean;
  /** Read the sitemaps of the roots' hosts, once the links are through. `--no-sitemaps` turns it off; true by default. */
  readonly sitemaps: boolean;

  /** Requests in flight in all, and so the pages that `onPage` may be given at a time. `--concurrency`; 100 by default. */
  readonly concurrency: number;
  /** The most requests in flight that one host may reach. `--host-concurrency`; 16 by default. */
  readonly hostConcurrency: number;
  /** Milliseconds between the starts of requests to one host, which then come one at a time; 0 for no delay. `--delay`; 0 by default. */
  readonly delayMs: number;
  /** Find out how much each host is happy with; false uses the most at once, for a server of your own. `--no-adapt` turns it off; true by default. */
  readonly adapt: boolean;
  /** Ask for robots.txt first and obey it. `--no-robots` turns it off; true by default. */
  readonly robots: boolean;
  /** A robots.txt that answers 401 or 403 forbids its host; else it allows everything. `--robots-forbidden-denies`; false by default. */
  readonly robotsForbiddenDenies: boolean;
  /** Follow links that ask not to be followed. `--follow-nofollow`; false by default. */
  readonly followNofollow: boolean;
  /** Milliseconds that a host may keep us waiting before the job goes on without it. `--host-patience`; 3600000 by default. */
  readonly hostPatienceMs: number;

  /** URLs that are requested in the life of the job, all its runs together; null for any number. `--limit`; null by default. */
  readonly limit: number | null;
  /** Set aside what looks like pages without end that say nothing new, with the reason `trap`. `--no-traps` turns it off; true by default. */
  readonly traps: boolean;
  /** Milliseconds that this run may take; null for any time. `--time-limit`; null by default. */
  readonly timeLimitMs: number | null;
  /** Bytes that are received in the life of the job, all its runs together; null for any number. `--size-limit`; null by default. */
  readonly sizeLimitBytes: number | null;
  /** URLs that are requested of one host in the life of the job; null for any number. `--host-limit`; null by default. */
  readonly hostLimit: number | null;
  /** Bytes after which a body is cut. `--max-body`; 67108864 by default. */
  readonly bodyBytesMax: number;
  /** Redirects that are followed in a row; one more fails. `--max-redirects`; 10 by default. */
  readonly redirectsMax: number;
  /** Tries of a URL after the first one, where the failure may pass. `--retries`; 3 by default. */
  readonly retries: number;
  /** Milliseconds of the longest silence: connect, TLS, first byte, between bytes. `--timeout`; 30000 by default. */
  readonly timeoutMs: number;
  /** A body may take as long as it flows at least so fast, in bytes a second. `--min-rate`; 100 by default. */
  readonly minRateBytesPerSecond: number;
  /** Milliseconds that a response may take, from the request to its last byte; it is cut there. `--max-time`; 3600000 by default. */
  readonly responseMsMax: number;

  /** The User-Agent, in place of `gossamer/VERSION`; null for that. `--user-agent`; null by default. */
  readonly userAgent: string | null;
  /** A URL or a mail address that servers are told in the User-Agent; null for no address. `--contact`; null by default. */
  readonly contact: string | null;
  /**
   * Header fields that are sent with each request, name and value by turns; `Authorization`, `Cookie` and `Proxy-Authorization` go to the origins of the roots
   * only. `--header`; empty by default.
   */
  readonly headers: readonly string[];
  /** Names of header fields that are secrets too: they go to the origins of the roots only, and not into the archive. `--secret-header`; empty by default. */
  readonly secretHeaders: readonly string[];
  /** HTTP Basic, as `USER:PASS`, for the origins of the roots only; null for no password. `--auth`; null by default. */
  readonly auth: string | null;
  /** Accept any TLS certificate. `--insecure`; false by default. */
  readonly insecure: boolean;
  /** Ask private and loopback addresses too, also where no root is one. `--allow-private`; false by default. */
  readonly allowPrivate: boolean;
  /** Ports that are asked though they are not usual for the web. `--allow-port`; empty by default. */
  readonly allowedPorts: readonly number[];

  /** The job's folder; null for `./crawls/HOST`, by the first root. `--output`; null by default. */
  readonly output: string | null;
  /** Throw an earlier job in that folder away. `--fresh`; false by default. */
  readonly fresh: boolean;
  /** `sqlite:` in the job's folder, or `memory:`, which keeps nothing; null for `sqlite:`. `--store`; null by default. */
  readonly store: string | null;
  /** Keep the bytes of what was fetched, as WARC. `--no-archive` turns it off; true by default. */
  readonly archive: boolean;
  /** How the archive is compressed. `--warc-compression`; `gzip` by default. */
  readonly warcCompression: 'gzip' | 'zstd' | 'none';
  /** How hard it compresses: gzip 1 to 9, zstd 1 to 19. `--warc-level`; 3 by default. */
  readonly warcLevel: number;
  /** Keep what secret header fields say; else the archive has only their names. `--archive-credentials`; false by default. */
  readonly archiveCredentials: boolean;
  /** Keep records too of what each page links to, and of the addresses that names had. `--archive-metadata`; false by default. */
  readonly archiveMetadata: boolean;
  /**
   * Folder of an earlier job: what its archive has already is kept as a reference to it, and that job is needed to read it; null for no such job.
   * `--revisits-of`; null by default.
   */
  readonly revisitsOf: string | null;
  /** What the job's logs/gossamer.jsonl has, from nothing (`off`) to every decision (`debug`). `--log-level`; `info` by default. */
  readonly logLevel: LogLevel;
}

export type OptionName = Exclude<keyof CrawlOptions, 'roots'>;

/** A URL to begin at; as text without a scheme it is https, on loopback http. */
export type RootInput = string | URL;

/** An expression on the whole URL, in linear time: without look-around and references back. The flags `i`, `m` and `s` count, `v` and `y` are refused. */
export type PatternInput = string | RegExp;

/** The same object with whatever should differ from the defaults; undefined is the default. */
type Choices<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** The options of a crawl as a program gives them, in the names of the command line with units last (`timeoutMs`). */
export interface CrawlChoices extends Choices<Omit<CrawlOptions, 'roots' | 'include' | 'exclude'>> {
  /** Regular expressions on the whole URL: where there are any, one must match, but for roots. `--include`; empty by default. */
  readonly include?: PatternInput | readonly PatternInput[] | undefined;
  /** Regular expressions on the whole URL: where one matches, the URL is skipped unless it is a root. `--exclude`; empty by default. */
  readonly exclude?: PatternInput | readonly PatternInput[] | undefined;
}

/** What a caller gives: one root or several, and whatever should differ from the defaults. */
export interface CrawlInput extends CrawlChoices {
  readonly roots: RootInput | readonly RootInput[];
}
