// The report as lines for people.

import { showCount, showCountOf, showSize, showSpan } from '../../base/figures.ts';
import { PROGRAM } from '../../base/program.ts';
import { wordFor } from '../../views/report/bad-sitemaps.ts';
import { whatIsWrong } from '../../views/report/broken-links.ts';
import type { RedirectChain } from '../../views/report/redirects.ts';
import type { Counted, Extreme, Report } from '../../views/report/report.ts';
import { whyUnkept } from '../../views/report/unkept.ts';
import { summaryLines } from '../crawl/closing.ts';

/** How many entries of each list people see; `--json` has more. */
export const LISTED_MAX = 20;
const COLUMN_WIDTH_MIN = 7;

export function reportLines(report: Report): string[] {
  const { statuses, errors, skipped, types, typeCount, hosts, hostCount, broken, slowest, largest } = report;
  const lines = summaryLines(report.summary, Object.entries(errors));
  if (report.isRunning) lines[0] = 'The crawl is running; this is the report so far.';
  lines.push(...countedLines('status', statuses), ...countedLines('skipped', skipped));
  const kinds = Object.entries(types).map(
    ([type, { urls, bytes }]) => `${type} ${showCount(urls)} (${showSize(bytes)})`,
  );
  if (kinds.length > 0) lines.push(`  types    ${kinds.join(', ')}${andMore(typeCount - kinds.length)}`);
  if (hostCount > 1) lines.push(...countedLines('hosts', hosts, hostCount));
  lines.push(
    ...unsoundLines(report),
    '',
    ...brokenLines(report),
    ...badLinkLines(report),
    ...unkeptLines(report),
    ...badSitemapLines(report),
    ...redirectLines(report),
    ...remarkLines(report),
    ...trapLines(report),
  );
  lines.push(...extremeLines('Slowest', slowest, ({ elapsedMs }) => showSpan(elapsedMs)));
  lines.push(...extremeLines('Largest', largest, ({ bytes }) => showSize(bytes)));
  if (broken.total > LISTED_MAX) lines.push('', `--json lists ${showCount(broken.urls.length)} broken URLs.`);
  return lines;
}

function unsoundLines({ unsound: { count, first } }: Report): string[] {
  if (count === 0) return [];
  const lines = shortened(first, count, ({ url, why }) => [`  ${why.startsWith(url) ? '' : `${url}: `}${why}`]);
  return ['', `Rows with what no crawl writes, left out here: ${showCount(count)}`, ...lines];
}

function brokenLines({ broken }: Report): string[] {
  if (broken.total === 0) return ['No broken links.'];
  const beside = column(broken.urls.slice(0, LISTED_MAX).map(whatIsWrong));
  return [
    `Broken links: ${showCountOf(broken.total, 'URL')}, linked ${showCountOf(broken.links, 'time')}`,
    ...shortened(broken.urls, broken.total, (found) => {
      const { url, links, referrers, redirectsTo } = found;
      const lines = [beside(whatIsWrong(found)) + url];
      if (redirectsTo !== null) lines.push(`${beside('')}redirects to ${redirectsTo}`);
      for (const referrer of referrers) lines.push(`${beside('')}on ${referrer}`);
      if (links > referrers.length) lines.push(`${beside('')}and ${showCountOf(links - referrers.length, 'other')}`);
      return lines;
    }),
  ];
}

function badLinkLines({ badLinks: { total, links, hrefs } }: Report): string[] {
  if (total === 0) return [];
  const beside = column(hrefs.slice(0, LISTED_MAX).map(({ element }) => element));
  return [
    '',
    `Links that are not URLs: ${showCount(total)}, written ${showCountOf(links, 'time')}`,
    ...shortened(hrefs, total, ({ href, element, links, referrers }) => [
      beside(element) + href,
      ...referrers.map((referrer) => `${beside('')}on ${referrer}`),
      ...(links > referrers.length ? [`${beside('')}and ${showCountOf(links - referrers.length, 'other')}`] : []),
    ]),
  ];
}

function unkeptLines({ unkept }: Report): string[] {
  if (unkept.pages === 0) return [];
  const title = `Links not kept: ${whyUnkept(unkept)}, on ${showCountOf(unkept.pages, 'page')}`;
  return ['', title, ...unkept.most.flatMap(({ url, ...why }) => [`  ${url}`, `           ${whyUnkept(why)}`])];
}

function badSitemapLines({ sitemaps: { total, urls } }: Report): string[] {
  if (total === 0) return [];
  const beside = column(urls.slice(0, LISTED_MAX).map(wordFor));
  return [
    '',
    `Sitemaps that could not be read: ${showCount(total)}`,
    ...shortened(urls, total, (found) => [
      beside(wordFor(found)) + found.url,
      beside('') + (found.namedIn === null ? 'was guessed' : `named in ${found.namedIn}`),
    ]),
  ];
}

function redirectLines({ redirects }: Report): string[] {
  const { total, chainCount, chains, loopCount, loops } = redirects;
  if (total === 0) return [];
  const circles = loopCount === 0 ? '' : `, ${showCountOf(loopCount, 'loop')}`;
  return [
    '',
    `Redirects: ${showCount(total)}, ${showCountOf(chainCount, 'chain')} of several hops${circles}`,
    ...shortened(chains, chainCount, chainLines),
    ...shortened(loops, loopCount, chainLines),
  ];
}

function remarkLines({ remarks: { total, urls } }: Report): string[] {
  if (total === 0) return [];
  const lines = shortened(urls, total, ({ url, detail }) => [`  ${url}`, `           ${detail}`]);
  return ['', `Remarks: ${showCountOf(total, 'response')}`, ...lines];
}

function trapLines({ traps: { urls, traps } }: Report): string[] {
  if (urls === 0) return [];
  const beside = column(traps.slice(0, LISTED_MAX).map((each) => showCount(each.urls)));
  const lines = shortened(traps, traps.length, (each) => [
    beside(showCount(each.urls)) + each.trap,
    `${beside('')}as ${each.example}`,
  ]);
  return ['', `Traps: ${showCountOf(urls, 'URL')} skipped; ${PROGRAM} retry --reason trap queues them`, ...lines];
}

function chainLines({ hops, urls }: RedirectChain): string[] {
  const lines = urls.map((url, at) => `  ${at === 0 ? '' : '  -> '}${url}`);
  const hidden = hops + 1 - urls.length;
  return hidden === 0 ? lines : lines.toSpliced(-1, 0, `    -> ${showCount(hidden)} more`);
}

function extremeLines(title: string, extremes: readonly Extreme[], show: (one: Extreme) => string): string[] {
  if (extremes.length === 0) return [];
  const beside = column(extremes.map(show));
  return ['', title, ...extremes.map((one) => beside(show(one)) + one.url)];
}

/** The text before a URL, padded to the width of the widest. */
function column(texts: readonly string[]): (text: string) => string {
  const width = Math.max(COLUMN_WIDTH_MIN, ...texts.map((text) => text.length));
  return (text) => `  ${text.padEnd(width)}  `;
}

function countedLines(label: string, counted: Counted, of?: number): string[] {
  const parts = Object.entries(counted).map(([name, count]) => `${name} ${showCount(count)}`);
  if (parts.length === 0) return [];
  return [`  ${label.padEnd(9)}${parts.join(', ')}${andMore(of === undefined ? 0 : of - parts.length)}`];
}

function andMore(count: number): string {
  return count > 0 ? ` and ${showCount(count)} more` : '';
}

/** The first few entries of a list, which may itself be the beginning of `total` entries. */
function shortened<T>(listed: readonly T[], total: number, show: (one: T) => readonly string[]): string[] {
  const shown = listed.slice(0, LISTED_MAX);
  const more = andMore(total - shown.length);
  return [...shown.flatMap(show), ...(more === '' ? [] : [` ${more}`])];
}
