// The report as lines for people, and as markdown for a pull request or an issue.

import { REFERRERS_LISTED_MAX } from '../base/limits.ts';
import type { BrokenUrl } from '../views/broken-links.ts';
import type { Counted, Report } from '../views/report.ts';
import { summaryLines } from './closing.ts';
import { showCount, showCountOf, showSize, showSpan } from './figures.ts';
import { plain } from './plain.ts';

const LISTED_MAX = 20;

export function reportLines(report: Report): string[] {
  const { statuses, errors, skipped, types, hosts, hostCount, broken, redirects, slowest, largest } = report;
  const lines = summaryLines(report.summary, Object.entries(errors));
  if (report.isRunning) lines[0] = 'Running: what follows is of this moment.';
  lines.push(...countedLines('status', statuses), ...countedLines('skipped', skipped));
  const kinds = Object.entries(types).map(
    ([type, { urls, bytes }]) => `${type} ${showCount(urls)} (${showSize(bytes)})`,
  );
  if (kinds.length > 0) lines.push(`  types    ${kinds.join(', ')}`);
  if (hostCount > 1) lines.push(...countedLines('hosts', hosts, hostCount));
  lines.push('', ...brokenLines(report));
  if (redirects.total > 0) {
    lines.push('', redirectHeadline(report));
    lines.push(...shortened(redirects.chains, (chain) => chain.map((url, at) => `  ${at === 0 ? '' : '  -> '}${url}`)));
    for (const loop of redirects.loops.slice(0, LISTED_MAX)) lines.push(`  ${loop.join(' -> ')}`);
  }
  if (slowest.length > 0) lines.push('', 'Slowest');
  for (const { elapsedMs, url } of slowest) lines.push(`  ${showSpan(elapsedMs).padEnd(9)}${url}`);
  if (largest.length > 0) lines.push('', 'Largest');
  for (const { bytes, url } of largest) lines.push(`  ${showSize(bytes).padEnd(9)}${url}`);
  if (broken.total > LISTED_MAX) lines.push('', `--json lists ${showCount(broken.urls.length)} broken URLs.`);
  return lines;
}

function brokenLines({ broken }: Report): string[] {
  if (broken.total === 0) return ['No broken links.'];
  return [
    `Broken links: ${showCountOf(broken.total, 'URL')}, linked ${showCountOf(broken.links, 'time')}`,
    ...shortened(broken.urls, (found) => {
      const { url, links, referrers, redirectsTo } = found;
      const lines = [`  ${whatIsWrong(found).padEnd(9)}${url}`];
      if (redirectsTo !== null) lines.push(`           redirects to ${redirectsTo}`);
      for (const referrer of referrers) lines.push(`           on ${referrer}`);
      if (links > referrers.length) lines.push(`           and ${showCountOf(links - referrers.length, 'other')}`);
      return lines;
    }),
  ];
}

function redirectHeadline({ redirects: { total, chains, loops } }: Report): string {
  const circles = loops.length === 0 ? '' : `, ${showCountOf(loops.length, 'loop')}`;
  return `Redirects: ${showCount(total)}, ${showCountOf(chains.length, 'chain')} of several hops${circles}`;
}

function whatIsWrong({ status, error }: Pick<BrokenUrl, 'status' | 'error'>): string {
  return error ?? String(status);
}

function countedLines(label: string, counted: Counted, of?: number): string[] {
  const parts = Object.entries(counted).map(([name, count]) => `${name} ${showCount(count)}`);
  if (parts.length === 0) return [];
  const more = of !== undefined && of > parts.length ? ` and ${showCount(of - parts.length)} more` : '';
  return [`  ${label.padEnd(9)}${parts.join(', ')}${more}`];
}

function shortened<T>(all: readonly T[], show: (one: T) => readonly string[]): string[] {
  const lines = all.slice(0, LISTED_MAX).flatMap(show);
  return all.length > LISTED_MAX ? [...lines, `  and ${showCount(all.length - LISTED_MAX)} more`] : lines;
}

/** Nothing that stands in it was written by a page and could be markup. */
export function reportMarkdown(report: Report): string {
  const { summary, statuses, errors, skipped, broken, redirects } = report;
  const { done, failed, queued, leased } = summary.urls;
  const state = report.isRunning ? 'running' : summary.state;
  const sections = [
    `## Crawl of ${code(summary.job)}: ${state}`,
    table(
      ['done', 'failed', 'skipped', 'queued', 'requests', 'received', 'took'],
      [
        [done, failed, summary.urls.skipped, queued + leased, summary.requests]
          .map(showCount)
          .concat(showSize(summary.bytes), showSpan(summary.elapsedMs)),
      ],
    ),
    counted('Status', statuses),
    counted('Error', errors),
    counted('Skipped for', skipped),
    broken.total === 0
      ? 'No broken links.'
      : `### Broken links: ${showCountOf(broken.total, 'URL')}, linked ${showCountOf(broken.links, 'time')}\n\n${brokenTable(broken.urls)}`,
    redirects.chains.length === 0
      ? ''
      : `### Redirect chains\n\n${table(
          ['hops', 'chain'],
          redirects.chains.slice(0, LISTED_MAX).map((chain) => [String(chain.length - 1), chain.map(code).join(' → ')]),
        )}`,
    `### Slowest\n\n${table(
      ['took', 'URL'],
      report.slowest.map(({ elapsedMs, url }) => [showSpan(elapsedMs), code(url)]),
    )}`,
    `### Largest\n\n${table(
      ['size', 'URL'],
      report.largest.map(({ bytes, url }) => [showSize(bytes), code(url)]),
    )}`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function brokenTable(urls: readonly BrokenUrl[]): string {
  const rows = urls.slice(0, LISTED_MAX).map((found) => {
    const { url, redirectsTo, links, referrers } = found;
    const more = links > REFERRERS_LISTED_MAX ? `<br>and ${showCountOf(links - REFERRERS_LISTED_MAX, 'other')}` : '';
    const way = redirectsTo === null ? '' : `<br>redirects to ${code(redirectsTo)}`;
    return [whatIsWrong(found), code(url) + way, showCount(links), referrers.map(code).join('<br>') + more];
  });
  const rest = urls.length > LISTED_MAX ? `\n\nAnd ${showCount(urls.length - LISTED_MAX)} more.` : '';
  return table(['', 'URL', 'links', 'on'], rows) + rest;
}

function counted(label: string, names: Counted): string {
  const rows = Object.entries(names).map(([name, count]) => [code(name), showCount(count)]);
  return rows.length === 0 ? '' : table([label, 'URLs'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A span of code: no markup, no link, nobody is mentioned. What would end the span or the cell is written as in a URL. */
function code(text: string): string {
  return `\`${plain(text).replaceAll('`', '%60').replaceAll('|', '%7C')}\``;
}
