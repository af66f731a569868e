// The HTTP client of a crawl and the readers of its responses. Commands that make one request use them too.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import type { Ledger, Parser } from '../base/contracts.ts';
import { parseContextOf } from '../base/parse-context.ts';
import { inTurns } from '../base/slices.ts';
import { version } from '../base/version.ts';
import type { CrawlParts } from '../crawl/parts.ts';
import type { LoginRules } from '../fetch/auth/layer.ts';
import { createFetch, type Fetcher } from '../fetch/fetch.ts';
import type { CrawlOptions } from '../options/options.ts';
import type { JoinTo } from '../parse/join-links.ts';
import { createParser, type ParserOptions } from '../parse/parse.ts';
import { parseRobots, type RobotsRules, readingRules, rulesFor } from '../robots/rules.ts';
import { portOf } from '../url/host.ts';
import { createBases, joinUrl } from '../url/join.ts';
import { connectionsMost, descriptors } from './descriptors.ts';
import { fieldsOf } from './logins.ts';
import { namesResolvedElsewhere, proxyRules } from './proxies.ts';
import { rateRules } from './rates.ts';
import { allowNames, type KnownRoots, rulesOf } from './root-addresses.ts';
import { signerOf } from './signing.ts';
import { tlsRules } from './tls-files.ts';
import { namesTyped, waysRules } from './ways.ts';

const UNREAD = 'application/octet-stream';

/** The objects that a crawl shares with its client. */
export interface FetcherParts {
  readonly kept?: KnownRoots;
  readonly budget?: BodyBudget;
  readonly onBytes?: (bytes: number) => void;
  /** Outcomes tell of TLS. */
  readonly tellsTls?: boolean;
  readonly onRefused?: LoginRules['onRefused'];
}

/**
 * Creates a client with these options; the caller closes it. `meant` are URLs that the user wants even at a private
 * address.
 */
export async function makeFetcher(
  options: CrawlOptions,
  meant = options.roots,
  { kept, budget, onBytes, onRefused, tellsTls = false }: FetcherParts = {},
): Promise<Fetcher> {
  const contact = options.contact === null ? '' : ` (+${options.contact})`;
  const rules = rulesOf(meant);
  const proxies = await proxyRules(options);
  const ways = await waysRules(options);
  const meantNames = namesResolvedElsewhere(proxies, meant);
  const unasked = [...meantNames, ...namesTyped(ways, meant)];
  const tls = await tlsRules(options);
  const { headers, secrets, logins, ofHost } = await fieldsOf(options);
  const fetcher = createFetch(
    {
      userAgent: options.userAgent ?? `gossamer/${version}${contact}`,
      ...{ headers, secrets, ofHost, login: { logins, digestAlone: options.digest, onRefused } },
      timeoutMs: options.timeoutMs,
      minRateBytesPerSecond: options.minRateBytesPerSecond,
      responseMsMax: options.responseMsMax,
      bodyBytesMax: options.bodyBytesMax,
      insecure: options.insecure,
      http2: options.http2,
      ...{ aia: options.aia, tellsTls },
      ...{ tls, ways, rate: rateRules(options), sign: await signerOf(options) },
      ...(budget !== undefined && { budget }),
      connectionsMost: connectionsMost(descriptors()),
      onBytes,
      allowPrivate: options.allowPrivate,
      ...rules,
      proxies: proxies === null ? undefined : { ...proxies, meantNames },
      allowedPorts: [...options.allowedPorts, ...meant.map(portOf)],
    },
    systemClock,
  );
  // Also with --allow-private: the next run of the job may be without it.
  await allowNames(rules, meant, askingFewer(fetcher.privateAddresses, unasked), kept);
  return fetcher;
}

/**
 * Reads the files by which connections are made.
 * @throws UsageError if one cannot be used.
 */
export async function assertConnectable(options: CrawlOptions): Promise<void> {
  await proxyRules(options);
  await tlsRules(options);
  await fieldsOf(options);
  await waysRules(options);
  await signerOf(options);
}

/** Names that a proxy or the user resolves stay unknown here. A later run without these asks for them. */
function askingFewer(ask: Fetcher['privateAddresses'], unasked: readonly string[]): Fetcher['privateAddresses'] {
  if (unasked.length === 0) return ask;
  return async (names, withinMs) => {
    const known = names.filter((name) => !unasked.includes(name));
    const unknown = names.filter((name) => unasked.includes(name)).map((name) => [name, null] as const);
    return new Map([...(await ask(known, withinMs)), ...unknown]);
  };
}

/** Creates the parser of a crawl. */
export function makeParser(options: ParserOptions = {}): Parser {
  return createParser(makeJoinTo(), options);
}

/** The same for responses. A document that tells no encoding may have that of what led to it. */
export function makeResponseParser(options: ParserOptions, { links }: Pick<Ledger, 'links'>): CrawlParts['parse'] {
  const parse = makeParser(options);
  return (outcome, { id }) => {
    // A body in a file is not parsed; its beginning tells what is wrong with its type.
    const bytes = outcome.spooled?.beginning ?? outcome.body;
    const context = parseContextOf(outcome, () => links.outer(id));
    // What stays coded is no page, whatever its type says; only its header has links.
    return parse(bytes, outcome.isCoded === true ? { ...context, contentType: UNREAD } : context);
  };
}

export function makeJoinTo(): JoinTo {
  const baseOf = createBases();
  return (base) => {
    const prepared = baseOf(base);
    return prepared === null ? null : (href) => joinUrl(href, prepared);
  };
}

/** The rules of a robots.txt for the product token `agent`. */
export function readRobots(bytes: Uint8Array, agent: string): RobotsRules {
  return rulesFor(parseRobots(bytes), agent);
}

/** `readRobots` for bytes of any length, with turns of the event loop. */
export function readRobotsInTurns(bytes: Uint8Array, agent: string, { turn }: Clock): Promise<RobotsRules> {
  return inTurns(readingRules(bytes, agent), turn);
}
