// gossamer why <url> [job]

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { showCountOf, showSize } from '../base/figures.ts';
import { PROGRAM } from '../base/program.ts';
import { readRobots } from '../job/assemble.ts';
import { contentsOf, type Holdings, holdingsOf } from '../job/open-contents.ts';
import { missingFiles } from '../views/missing-files.ts';
import {
  type AttemptStory,
  type JudgeRobots,
  type PathStep,
  type RobotsVerdict,
  type UrlStory,
  urlStory,
} from '../views/report/url-story.ts';
import { becauseOf } from '../views/report/words.ts';
import { EXIT } from './exit.ts';
import { assertUrlFirst, findJob, storeOf, typedUrl, withLedger } from './job.ts';
import { missingLines } from './missing.ts';
import { type JobManner, printJson, printLines, type Shell, tell } from './shell.ts';

const STEPS_SHOWN_MAX = 20;

const EXAMPLES = `
Examples:
  gossamer why https://example.com/missing
  gossamer why https://example.com/missing crawls/example.com --json`;

export function addWhy(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('<url>', 'the URL as found, or its key')
    .argument('[job]', "the job's folder; without it the only one under ./crawls")
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, given: string | undefined, manner: JobManner) => {
      const store = storeOf(manner, shell);
      await assertUrlFirst(url, given, store);
      const folder = await findJob(given, store);
      const { story, missing } = await withLedger(folder, store, async (ledger) => {
        const holdings = holdingsOf(folder, ledger);
        const found = await urlStory(ledger, contentsOf(holdings, ledger), await typedUrl(ledger, url), judge);
        const story = found === null || store === null ? found : await withFolder(found, holdings);
        const file = story?.unreadable == null ? undefined : story.archive?.file;
        const missing = file === undefined ? [] : await missingFiles(holdings, ledger);
        return { story, missing: missing.filter(({ files }) => files.includes(file!)) };
      });
      if (story === null) tell(shell.err, `${url} was never seen in the job ${folder}.`);
      else if (manner.json === true) await printJson(shell, story);
      else await printLines(shell, [...storyLines(story, shell.clock.wall()), ...missingLines(missing)]);
      finish(story === null ? EXIT.fatal : EXIT.finished);
    });
}

/** The archive of a job whose rows are in a database may be on another machine, or its folder is not mounted here. */
async function withFolder(story: UrlStory, { folder, depotOf }: Holdings): Promise<UrlStory> {
  const { archive, unreadable } = story;
  if (archive === null || unreadable === null || existsSync(join(folder, 'archive'))) return story;
  if ((await depotOf(archive.file)) !== null) return story;
  return { ...story, unreadable: `the job has no archive folder in ${resolve(folder)}`, isAway: true };
}

const judge: JudgeRobots = (body, agent, url) => {
  const { allowed, line, text } = readRobots(body, agent).decide(url);
  return { allowed, line, text };
};

/** `now` is wall milliseconds; a hold that is over is not shown. */
export function storyLines(story: UrlStory, now: number): string[] {
  const lines = [story.url, ...mergedLines(story), line('state', stateText(story))];
  if (story.title !== null && story.title !== '') lines.push(line('title', story.title));
  if (story.detail !== null) lines.push(line('detail', story.detail));
  lines.push(...becauseLines(story), ...textLines(story));
  if (story.contentType !== null) lines.push(line('response', responseText(story)));
  lines.push(...foundLines(story), ...sitemapLines(story), ...listed('leads to', story.redirects.map(stepText)));
  if (story.dueAt !== null) lines.push(line('due', `not before ${story.dueAt}`));
  lines.push(...listed('tries', triesText(story)));
  return [...lines, ...archiveLines(story), ...hostLines(story, now)];
}

/** A failure stays until the user has it retried. */
function becauseLines(story: UrlStory): string[] {
  const { state, error } = story;
  const because = becauseOf(story);
  if (because === '') return [];
  const goOn = `once that is mended, ${PROGRAM} retry --error ${error} queues it and its like again`;
  return [line('because', because), ...(state === 'failed' && error !== null ? [line('', goOn)] : [])];
}

function archiveLines({ archive, unreadable, isAway }: UrlStory): string[] {
  if (archive === null) return [];
  const place = line('archive', `${archive.file} at ${archive.offset}, ${showSize(archive.length)}`);
  if (unreadable === null) return [place];
  if (isAway) return [place, line('', `that record cannot be read now: ${unreadable}`)];
  return [
    place,
    line('', `that record cannot be read: ${unreadable}; ${PROGRAM} retry --lost queues lost pages again`),
  ];
}

/** Which URLs count as one page for the job, and because of which parameters. */
function mergedLines({ url, takenFor, leftOut }: UrlStory): string[] {
  if (takenFor === null) {
    const names = leftOut.map(nameOf).join(', ');
    return leftOut.length === 0 ? [] : [line('merged', `URLs that differ only in ${names} count as this URL${APART}`)];
  }
  const parameters = [...new Set([...takenFor.leftOut, ...leftOut])].join(', ');
  const because = parameters === '' ? '' : `: ${parameters} identifies the visitor, not the page${APART}`;
  return [line('merged', `${takenFor.url} counts as ${url}${because}`)];
}

const APART = ' (--keep-parameters keeps them apart)';

function nameOf(parameter: string): string {
  return parameter.replace(/=.*/s, '');
}

function stateText({ state, reason, error, status, truncated }: UrlStory): string {
  const response = status === null || status === 0 ? '' : `, status ${status}`;
  const cut = truncated === null ? '' : `, cut (${truncated})`;
  const cause = reason ?? error;
  return `${state}${cause === null ? '' : `: ${cause}`}${response}${cut}`;
}

function responseText({ contentType, charset, bytes, links, remoteAddress, protocol }: UrlStory): string {
  const parts = [
    contentType || 'no type',
    charset,
    showSize(bytes ?? 0),
    showCountOf(Number(links), 'link'),
    remoteAddress === null ? '' : `from ${remoteAddress}${protocol === 'h2' ? ' over HTTP/2' : ''}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function textLines({ text }: UrlStory): string[] {
  if (text === null) return [];
  const { description, language, canonical, robots } = text;
  return [
    description === null ? '' : line('about', description),
    language === null ? '' : line('language', language),
    canonical === null ? '' : line('canonical', canonical),
    robots === null ? '' : line('to robots', robots.join(', ')),
  ].filter(Boolean);
}

function foundLines(story: UrlStory): string[] {
  if (story.foundOn.length === 0) return [line('found', story.depth === 0 ? 'it is a root' : 'in a sitemap')];
  const hops = story.hops === 0 ? '' : ` and ${showCountOf(story.hops, 'redirect')}`;
  const how = `${showCountOf(story.depth, 'link')}${hops} from a root, by way of`;
  return [line('found', how), ...listed('', story.foundOn.map(stepText))];
}

function sitemapLines({ sitemap }: UrlStory): string[] {
  if (sitemap === null) return [];
  const { lastmod, changefreq, priority } = sitemap;
  const facts = [
    lastmod === null ? '' : `changed ${lastmod}`,
    changefreq ?? '',
    priority === null ? '' : `priority ${priority}`,
  ];
  return [line('sitemap', [sitemap.sitemap, ...facts].filter(Boolean).join(', '))];
}

function stepText({ url, state, status, fetchedAt, fragment }: PathStep): string {
  const at = fetchedAt === null ? '' : `, ${fetchedAt}`;
  return `${url}${fragment ?? ''}${state === null ? '' : `  (${state}${status === null || status === 0 ? '' : ` ${status}`}${at})`}`;
}

function triesText({ attempts, tries, fetchedAt, elapsedMs, error, status, state }: UrlStory): string[] {
  const earlier = attempts.map(attemptText);
  const isSettled = state === 'done' || state === 'failed';
  if (!isSettled || fetchedAt === null) return earlier.length > 0 ? earlier : [tries === 0 ? 'none' : String(tries)];
  return [...earlier, `${fetchedAt}  ${error ?? `status ${status}`}, ${elapsedMs} ms`];
}

function attemptText({ at, error, status, form, takenBack }: AttemptStory): string {
  const what = takenBack?.reason ? `skipped: ${takenBack.reason}` : (error ?? `status ${status}`);
  const next = form === null ? '' : `; another form of the same URL is requested next: ${form}`;
  const again = takenBack === null ? '' : `; queued again ${takenBack.againAt} by gossamer retry`;
  return `${at === null ? '' : `${at}  `}${what}${next}${again}`;
}

function hostLines({ host, ...url }: UrlStory, now: number): string[] {
  if (host === null) return [];
  const lines = [line('host', host.host)];
  if (host.robots === null) lines.push(line('robots', 'not asked for'));
  else {
    const { status, fetchedAt, expiresAt, bytes } = host.robots;
    const text = status === 0 ? 'no response' : `status ${status}`;
    // A URL that was requested failed by itself, and of a host with a robots.txt another copy is asked for.
    const isGivenUp = url.state === 'failed' && url.fetchedAt === null && bytes === null;
    const until = expiresAt === null ? (isGivenUp ? 'given up' : 'to be retried') : `good until ${expiresAt}`;
    const had = bytes === null ? `asked for ${fetchedAt}` : `${showSize(bytes)}, fetched ${fetchedAt}`;
    lines.push(line('robots', `${text}, ${had}, ${until}`));
    lines.push(...verdictLines(host.robots.verdict));
  }
  if (host.heldUntil === null) return lines;
  const over = Date.parse(host.heldUntil) > now ? '' : ', which is past: the next run tries again';
  return [...lines, line('held', `until ${host.heldUntil}${over}${host.why === null ? '' : `: ${host.why}`}`)];
}

function verdictLines(verdict: RobotsVerdict | null): string[] {
  if (verdict === null) return [line('', 'no requests to the host are allowed for now')];
  if (verdict.line === 0) return [line('', verdict.text === '' ? 'no line applies to this URL' : verdict.text)];
  return [line('', `line ${verdict.line} ${verdict.allowed ? 'allows' : 'forbids'} it: ${verdict.text}`)];
}

function listed(label: string, entries: readonly string[]): string[] {
  const shown = entries.slice(0, STEPS_SHOWN_MAX).map((entry, at) => line(at === 0 ? label : '', entry));
  return entries.length > STEPS_SHOWN_MAX
    ? [...shown, line('', `and ${entries.length - STEPS_SHOWN_MAX} more`)]
    : shown;
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(10)}${text}`;
}
