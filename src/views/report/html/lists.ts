// The lists of a report as tables. Each ends after so many entries and characters that the whole page stays short, and
// then says how to get the rest.

import { showCount, showCountOf, showSize, showSpan } from '../../../base/figures.ts';
import {
  BROKEN_LISTED_MAX,
  REPORT_ADDRESS_LENGTH_MAX,
  REPORT_BROKEN_LENGTH_MAX,
  REPORT_LIST_LENGTH_MAX,
  REPORT_REFERRERS_MAX,
  REPORT_ROWS_MAX,
  REPORT_TEXT_LENGTH_MAX,
} from '../../../base/limits.ts';
import { wordFor } from '../bad-sitemaps.ts';
import { whatIsWrong } from '../broken-links.ts';
import type { RedirectChain } from '../redirects.ts';
import type { Extreme, Report } from '../report.ts';
import { whyUnkept } from '../unkept.ts';
import { cut, html, type Markup, NOTHING } from './markup.ts';

/** The commands that give what a report cuts. */
export interface Commands {
  /** Prints the whole report. */
  readonly report: string;
  /** Prints every URL. */
  readonly rows: string;
}

interface List<T> {
  /** The name of the list in addresses. */
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly head: readonly string[];
  readonly items: readonly T[];
  /** How many there are; `items` may be the first of them. */
  readonly total: number;
  readonly cells: (item: T) => readonly Markup[];
  readonly lengthMax?: number;
}

/** A section of the page, and its name for the list of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Markup;
}

export function sectionsOf(report: Report, commands: Commands): Section[] {
  const list = <T>(made: List<T>): Section[] => (made.total === 0 ? [] : [{ ...made, markup: listed(made, commands) }]);
  const { badLinks, sitemaps, unsound, remarks, traps, unkept } = report;
  const { chains, chainCount, loops, loopCount } = report.redirects;
  return [
    ...list(brokenList(report)),
    ...list({
      id: 'not-urls',
      title: `Links that are not URLs: ${showCount(badLinks.total)}`,
      note: `Written ${showCountOf(badLinks.links, 'time')}.`,
      head: ['in', 'link', 'times', 'on'],
      items: badLinks.hrefs,
      total: badLinks.total,
      cells: ({ href, element, links, referrers }) => [
        said(element),
        said(href),
        html`${showCount(links)}`,
        pages(referrers, links),
      ],
    }),
    ...list({
      id: 'sitemaps',
      title: `Sitemaps that could not be read: ${showCount(sitemaps.total)}`,
      head: ['fault', 'sitemap', 'named in'],
      items: sitemaps.urls,
      total: sitemaps.total,
      cells: (found) => [
        html`${wordFor(found)}`,
        address(found.url),
        found.namedIn === null ? html`guessed` : address(found.namedIn),
      ],
    }),
    ...list(chainList('loops', 'Redirect loops', loops, loopCount)),
    ...list(chainList('chains', 'Redirect chains of several hops', chains, chainCount)),
    ...list({
      id: 'traps',
      title: `Traps: ${showCountOf(traps.urls, 'URL')} set aside`,
      head: ['URLs', 'trap', 'as'],
      items: traps.traps,
      total: traps.traps.length,
      cells: ({ urls, trap, example }) => [html`${showCount(urls)}`, said(trap), address(example)],
    }),
    ...list({
      id: 'unkept',
      title: `Links not kept, on ${showCountOf(unkept.pages, 'page')}`,
      note: `${whyUnkept(unkept)}. These pages have most of them.`,
      head: ['page', 'links'],
      items: unkept.pages === 0 ? [] : unkept.most,
      total: unkept.most.length,
      cells: ({ url, ...why }) => [address(url), html`${whyUnkept(why)}`],
    }),
    ...list({
      id: 'remarks',
      title: `Remarks: ${showCountOf(remarks.total, 'response')}`,
      head: ['URL', 'remark'],
      items: remarks.urls,
      total: remarks.total,
      cells: ({ url, detail }) => [address(url), said(detail)],
    }),
    ...list({
      id: 'unsound',
      title: `Rows with what no crawl writes, left out here: ${showCount(unsound.count)}`,
      head: ['row', 'why'],
      items: unsound.first,
      total: unsound.count,
      cells: ({ url, why }) => [said(url), said(why)],
    }),
    ...list(extremeList('slowest', 'Slowest', 'took', report.slowest, ({ elapsedMs }) => showSpan(elapsedMs))),
    ...list(extremeList('largest', 'Largest', 'size', report.largest, ({ bytes }) => showSize(bytes))),
  ];
}

type Broken = Report['broken']['urls'][number];

function brokenList({ broken }: Report): List<Broken> {
  return {
    id: 'broken',
    title: `Broken links: ${showCountOf(broken.total, 'URL')}`,
    note: `${showCountOf(broken.links, 'link')} ${broken.links === 1 ? 'leads' : 'lead'} to them.`,
    head: ['fault', 'URL', 'links', 'on'],
    items: broken.urls,
    total: broken.total,
    lengthMax: REPORT_BROKEN_LENGTH_MAX,
    cells: (found) => [
      html`<b class="wrong">${whatIsWrong(found)}</b>`,
      found.redirectsTo === null
        ? address(found.url)
        : html`${address(found.url)}<br>redirects to ${address(found.redirectsTo)}`,
      html`${showCount(found.links)}`,
      pages(found.referrers, found.links),
    ],
  };
}

function chainList(id: string, title: string, chains: readonly RedirectChain[], total: number): List<RedirectChain> {
  return {
    ...{ id, title: `${title}: ${showCount(total)}`, head: ['hops', 'URLs'], items: chains, total },
    cells: ({ hops, urls }) => {
      const hidden = hops + 1 - urls.length;
      const steps = urls.map((url) => html`<li>${address(url)}`);
      const more = html`<li>${showCount(hidden)} more`;
      return [
        html`${showCount(hops)}`,
        html`<ol class="chain">${hidden === 0 ? steps : steps.toSpliced(-1, 0, more)}</ol>`,
      ];
    },
  };
}

function extremeList(
  id: string,
  title: string,
  measure: string,
  all: readonly Extreme[],
  show: (one: Extreme) => string,
): List<Extreme> {
  return {
    ...{ id, title, head: [measure, 'status', 'URL'], items: all, total: all.length },
    cells: (one) => [
      html`${show(one)}`,
      html`${one.status}`,
      one.title ? html`${address(one.url)}<br>${said(one.title)}` : address(one.url),
    ],
  };
}

function listed<T>(list: List<T>, commands: Commands): Markup {
  const { id, title, note, head, items, total, cells, lengthMax = REPORT_LIST_LENGTH_MAX } = list;
  const rows: Markup[] = [];
  let length = 0;
  for (const item of items.slice(0, REPORT_ROWS_MAX)) {
    const row = html`<tr>${cells(item).map((cell, at) => html`<td data-of="${head[at]!}">${cell}`)}\n`;
    length += row.html.length;
    if (length > lengthMax) break;
    rows.push(row);
  }
  return html`<section id="${id}"><h2>${title}</h2>
${note === undefined ? NOTHING : html`<p>${note}</p>\n`}<table class="list"><thead><tr>${head.map((name) => html`<th scope="col">${name}`)}</thead>
<tbody>
${rows}</tbody></table>
${rows.length < total ? restOf(rows.length, total, commands) : NOTHING}</section>
`;
}

function restOf(shown: number, total: number, { report, rows }: Commands): Markup {
  const rest = html`The first ${showCount(shown)} of ${showCount(total)}.`;
  if (total <= BROKEN_LISTED_MAX) return html`<p class="rest">${rest} All of them: <code>${report}</code></p>\n`;
  return html`<p class="rest">${rest} The first ${showCount(BROKEN_LISTED_MAX)}: <code>${report}</code> Every URL with its status: <code>${rows}</code></p>\n`;
}

/** The pages that have a link, and how many others do. */
function pages(referrers: readonly string[], links: number): Markup {
  const shown = referrers.slice(0, REPORT_REFERRERS_MAX);
  const rest = links - shown.length;
  const lines = shown.map((url, at) => html`${at === 0 ? NOTHING : html`<br>`}${address(url)}`);
  return rest > 0
    ? html`${lines}${shown.length > 0 ? html`<br>` : NOTHING}and ${showCountOf(rest, 'other')}`
    : html`${lines}`;
}

/** A link to a URL. A very long one is only shown. */
export function address(url: string): Markup {
  const shown = cut(url, REPORT_TEXT_LENGTH_MAX);
  if (url.length > REPORT_ADDRESS_LENGTH_MAX || !/^https?:\/\//.test(url)) return html`<code>${shown}</code>`;
  return html`<a href="${url}" rel="noreferrer noopener nofollow"><code>${shown}</code></a>`;
}

/** A text from a page. */
export function said(text: string): Markup {
  return html`<bdi><code>${cut(text, REPORT_TEXT_LENGTH_MAX)}</code></bdi>`;
}
