// A report as one page of HTML that stands alone: no script, nothing from elsewhere, and every text from the web
// escaped. Whatever a site has, the page stays under a megabyte.

import { createHash } from 'node:crypto';
import { showCount, showCountOf, showRate, showSize, showSpan } from '../../../base/figures.ts';
import { version } from '../../../base/version.ts';
import type { Counted, Report } from '../report.ts';
import type { Folder, Shape } from '../shape.ts';
import { type Bar, bars, strip, timeOf } from './charts.ts';
import { address, type Commands, said, sectionsOf } from './lists.ts';
import { cut, html, Markup, NOTHING, visible } from './markup.ts';
import { STYLE } from './style.ts';

export interface ReportPage {
  readonly report: Report;
  readonly shape: Shape;
  /** The URLs at which the crawl began. */
  readonly roots: readonly string[];
  readonly commands: Commands;
  /** In wall milliseconds. */
  readonly now: number;
}

const ROOTS_SHOWN_MAX = 3;
const NAME_LENGTH_MAX = 200;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

export function reportHtml(page: ReportPage): string {
  const { report, shape, roots, commands, now } = page;
  const sections = sectionsOf(report, commands);
  const contents = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a>\n`);
  const nav = html`<nav aria-label="Contents"><ul>
${contents}</ul></nav>
`;
  const name = nameOf(roots, report);
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Crawl of ${name}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>Crawl of ${said(name)}</h1>
<p class="sentence">${sentenceOf(report)}</p>
<p class="from">From ${rootsOf(roots)}. Made on ${timeOf(now)}.</p>
</header>
<main>
${figuresOf(report)}${sections.length > 1 ? nav : NOTHING}${shape.timeline === null ? NOTHING : strip(shape.timeline)}<div class="charts">
${chartsOf(report, shape)}</div>
${sections.map(({ markup }) => markup)}</main>
<footer>Made by gossamer ${version} from the job <code>${cut(report.summary.job, NAME_LENGTH_MAX)}</code>. The decisions about one URL: <code>gossamer why URL</code></footer>
</body>
</html>
`;
  return document.html;
}

function nameOf(roots: readonly string[], { summary }: Report): string {
  const host = URL.parse(roots[0] ?? '')?.host ?? summary.job;
  return visible(cut(host, NAME_LENGTH_MAX));
}

function rootsOf(roots: readonly string[]): Markup {
  const shown = roots.slice(0, ROOTS_SHOWN_MAX).map((root, at) => html`${at === 0 ? '' : ', '}${address(root)}`);
  const rest = roots.length - shown.length;
  return html`${shown}${rest > 0 ? ` and ${showCountOf(rest, 'other root')}` : ''}`;
}

/** The whole report in a few words. */
function sentenceOf({ summary: { state, urls }, isRunning, broken }: Report): string {
  const isAll = state === 'finished' ? 'Finished.' : 'Unfinished.';
  const begin = isRunning ? 'The crawl is running; this is the report so far.' : isAll;
  const queued = urls.queued + urls.leased;
  const rest = queued === 0 ? '' : ` ${showCountOf(queued, 'URL')} ${queued === 1 ? 'is' : 'are'} still queued.`;
  const links =
    broken.links === 0 ? '' : `, and ${showCountOf(broken.links, 'link')} to ${broken.total === 1 ? 'it' : 'them'}`;
  const wrong = broken.total === 0 ? 'No broken links.' : `${showCountOf(broken.total, 'broken URL')}${links}.`;
  return `${begin}${rest} ${wrong}`;
}

function figuresOf({ summary: { urls, requests, bytes, elapsedMs } }: Report): Markup {
  const settled = urls.done + urls.failed;
  const figures: readonly (readonly [string, string])[] = [
    ['done', showCount(urls.done)],
    ['failed', showCount(urls.failed)],
    ['skipped', showCount(urls.skipped)],
    ['queued', showCount(urls.queued + urls.leased)],
    ['requests', showCount(requests)],
    ['received', showSize(bytes)],
    ['took', showSpan(elapsedMs)],
    ['URLs a second', elapsedMs > 0 ? showRate((settled * 1000) / elapsedMs) : '0'],
  ];
  return html`<dl>
${figures.map(([name, figure]) => html`<div><dt>${name}<dd>${figure}</div>\n`)}</dl>
`;
}

function chartsOf(report: Report, { depths, times, folders, folderCount }: Shape): Markup[] {
  const { statuses, errors, skipped, types, typeCount, hosts, hostCount } = report;
  const typeBars = Object.entries(types).map(([type, { urls, bytes }]) => {
    return { label: said(type), count: urls, more: showSize(bytes) };
  });
  const plainBars = (shares: Shape['depths']): Bar[] =>
    shares.map(({ name, urls }) => ({ label: html`${name}`, count: urls }));
  return [
    bars('Status codes', ['status', 'URLs'], countBars(statuses, isErrorStatus)),
    bars('Failures', ['error', 'URLs'], countBars(errors, Boolean)),
    bars('Skipped', ['reason', 'URLs'], countBars(skipped)),
    bars('Types', ['type', 'URLs'], typeBars, typeCount),
    bars('Time of a response', ['time', 'URLs'], plainBars(times)),
    bars('Distance from the roots', ['distance', 'URLs'], plainBars(depths)),
    hostCount > 1 ? bars('Hosts', ['host', 'URLs'], countBars(hosts), hostCount) : NOTHING,
    bars('Folders', ['folder', 'URLs'], folders.map(hostCount > 1 ? folderBar : pathBar), folderCount),
  ];
}

function countBars(counted: Counted, isBad: (name: string) => boolean = () => false): Bar[] {
  return Object.entries(counted).map(([name, count]) => ({ label: said(name), count, isBad: isBad(name) }));
}

function isErrorStatus(status: string): boolean {
  return Number(status) >= 400;
}

/** The folder without its host, for a job of one host. */
function pathBar(folder: Folder): Bar {
  return folderBar({ ...folder, name: folder.name.replace(/^\w+:\/\/[^/]*/, '') });
}

function folderBar({ name, urls, bytes, broken }: Folder): Bar {
  const wrong = broken === 0 ? '' : `, ${showCount(broken)} broken`;
  return { label: said(name), count: urls, more: `${showSize(bytes)}${wrong}` };
}
