// The report as markdown for a pull request or an issue. Text from the web appears only in code spans, which hold no
// markup, links or mentions.

import { showCount, showCountOf, showSize, showSpan } from '../../base/figures.ts';
import { wordFor } from '../../views/report/bad-sitemaps.ts';
import { whatIsWrong } from '../../views/report/broken-links.ts';
import type { RedirectChain } from '../../views/report/redirects.ts';
import type { Counted, Report } from '../../views/report/report.ts';
import { whyUnkept } from '../../views/report/unkept.ts';
import { plain } from '../plain.ts';
import { LISTED_MAX } from './lines.ts';

export function reportMarkdown(report: Report): string {
  const { summary, statuses, errors, skipped, hosts, hostCount, broken } = report;
  const sections = [
    `## Crawl of ${code(summary.job)}: ${report.isRunning ? 'running' : summary.state}`,
    totalsTable(report),
    unsoundSection(report),
    counted('Status', statuses),
    counted('Error', errors),
    counted('Skipped for', skipped),
    typesTable(report),
    hostCount > 1 ? counted('Host', hosts, hostCount) : '',
    broken.total === 0
      ? 'No broken links.'
      : `### Broken links: ${showCountOf(broken.total, 'URL')}, linked ${showCountOf(broken.links, 'time')}\n\n${brokenTable(report)}`,
    badLinksTable(report),
    unkeptTable(report),
    badSitemapsTable(report),
    ...redirectSections(report),
    remarksSection(report),
    trapsSection(report),
    extremes('Slowest', ['took', 'URL'], report.slowest, ({ elapsedMs, url }) => [showSpan(elapsedMs), code(url)]),
    extremes('Largest', ['size', 'URL'], report.largest, ({ bytes, url }) => [showSize(bytes), code(url)]),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function totalsTable({ summary: { urls, requests, bytes, elapsedMs } }: Report): string {
  const figures = [urls.done, urls.failed, urls.skipped, urls.queued + urls.leased, requests].map(showCount);
  return table(
    ['done', 'failed', 'skipped', 'queued', 'requests', 'received', 'took'],
    [[...figures, showSize(bytes), showSpan(elapsedMs)]],
  );
}

function typesTable({ types, typeCount }: Report): string {
  const rows = Object.entries(types).map(([type, { urls, bytes }]) => [code(type), showCount(urls), showSize(bytes)]);
  return rows.length === 0 ? '' : table(['Type', 'URLs', 'size'], rows) + andMore(typeCount - rows.length);
}

function brokenTable({ broken: { urls, total } }: Report): string {
  const rows = urls.slice(0, LISTED_MAX).map((found) => {
    const { url, redirectsTo, links, referrers } = found;
    const way = redirectsTo === null ? '' : `<br>redirects to ${code(redirectsTo)}`;
    const hidden = links - referrers.length;
    const more = hidden > 0 ? `<br>and ${showCountOf(hidden, 'other')}` : '';
    return [whatIsWrong(found), code(url) + way, showCount(links), referrers.map(code).join('<br>') + more];
  });
  return table(['', 'URL', 'links', 'on'], rows) + andMore(total - rows.length);
}

function badLinksTable({ badLinks: { total, links, hrefs } }: Report): string {
  if (total === 0) return '';
  const rows = hrefs.slice(0, LISTED_MAX).map(({ href, element, links, referrers }) => {
    const hidden = links - referrers.length;
    const more = hidden > 0 ? `<br>and ${showCountOf(hidden, 'other')}` : '';
    return [code(element), code(href), showCount(links), referrers.map(code).join('<br>') + more];
  });
  const title = `### Links that are not URLs: ${showCount(total)}, written ${showCountOf(links, 'time')}`;
  return `${title}\n\n${table(['', 'link', 'times', 'on'], rows)}${andMore(total - rows.length)}`;
}

function unkeptTable({ unkept }: Report): string {
  if (unkept.pages === 0) return '';
  const rows = unkept.most.map(({ url, ...why }) => [code(url), whyUnkept(why)]);
  const title = `### Links not kept: ${whyUnkept(unkept)}, on ${showCountOf(unkept.pages, 'page')}`;
  return `${title}\n\n${table(['page', ''], rows)}`;
}

function badSitemapsTable({ sitemaps: { total, urls } }: Report): string {
  if (total === 0) return '';
  const rows = urls.slice(0, LISTED_MAX).map((found) => {
    return [wordFor(found), code(found.url), found.namedIn === null ? 'guessed' : code(found.namedIn)];
  });
  return `### Sitemaps that could not be read: ${showCount(total)}\n\n${table(['', 'URL', 'named in'], rows)}${andMore(total - rows.length)}`;
}

function redirectSections({ redirects: { chains, chainCount, loops, loopCount } }: Report): string[] {
  const section = (title: string, listed: readonly RedirectChain[], total: number): string => {
    const rows = listed.slice(0, LISTED_MAX).map((chain) => [showCount(chain.hops), chainText(chain)]);
    return `### ${title}: ${showCount(total)}\n\n${table(['hops', 'URLs'], rows)}${andMore(total - rows.length)}`;
  };
  return [
    chainCount === 0 ? '' : section('Redirect chains', chains, chainCount),
    loopCount === 0 ? '' : section('Redirect loops', loops, loopCount),
  ];
}

function unsoundSection({ unsound: { count, first } }: Report): string {
  if (count === 0) return '';
  const rows = first.slice(0, LISTED_MAX).map(({ url, why }) => [url, code(why)]);
  return `### Rows with what no crawl writes, left out here: ${showCount(count)}\n\n${table(['', ''], rows)}${andMore(count - rows.length)}`;
}

function remarksSection({ remarks: { urls, total } }: Report): string {
  if (total === 0) return '';
  const rows = urls.slice(0, LISTED_MAX).map(({ url, detail }) => [code(url), code(detail)]);
  return `### Remarks: ${showCountOf(total, 'response')}\n\n${table(['URL', ''], rows)}${andMore(total - rows.length)}`;
}

function trapsSection({ traps: { urls, traps } }: Report): string {
  if (urls === 0) return '';
  const rows = traps.slice(0, LISTED_MAX).map((each) => [showCount(each.urls), code(each.trap), code(each.example)]);
  return `### Traps: ${showCountOf(urls, 'URL')} set aside\n\n${table(['URLs', 'trap', 'as'], rows)}${andMore(traps.length - rows.length)}`;
}

function chainText({ hops, urls }: RedirectChain): string {
  const hidden = hops + 1 - urls.length;
  const steps = urls.map(code);
  return (hidden === 0 ? steps : steps.toSpliced(-1, 0, `${showCount(hidden)} more`)).join(' → ');
}

function extremes<T>(
  title: string,
  head: readonly string[],
  all: readonly T[],
  cells: (one: T) => readonly string[],
): string {
  return all.length === 0 ? '' : `### ${title}\n\n${table(head, all.map(cells))}`;
}

function counted(label: string, names: Counted, of?: number): string {
  const rows = Object.entries(names).map(([name, count]) => [code(name), showCount(count)]);
  return rows.length === 0 ? '' : table([label, 'URLs'], rows) + andMore(of === undefined ? 0 : of - rows.length);
}

function andMore(count: number): string {
  return count > 0 ? `\n\nAnd ${showCount(count)} more.` : '';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A code span. Characters that would end the span or the cell are percent-encoded. */
function code(text: string): string {
  return `\`${plain(text).replaceAll('`', '%60').replaceAll('|', '%7C')}\``;
}
