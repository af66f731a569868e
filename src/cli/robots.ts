// gossamer robots <file|url> <url...>

import type { Command } from 'commander';
import type { Outcome } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { ROBOTS_BYTES_MAX } from '../base/limits.ts';
import {
  fetchRobots,
  forbidsAll,
  makeFetcher,
  productTokens,
  type RobotsRules,
  readRobotsInTurns,
} from '../job/assemble.ts';
import type { CrawlOptions } from '../options/options.ts';
import { hostOf } from '../url/host.ts';
import { agentsIn } from '../url/host-agents.ts';
import { addRequestOptions, type OptionsFor } from './ask.ts';
import { addressField, BATCH, bytesField, type Fields, optionalField, runBatch } from './crawl/batch.ts';
import { EXIT } from './exit.ts';
import { failureText } from './failure-text.ts';
import { type Manner, printJson, printLines, type Shell, tell } from './shell.ts';
import { bytesOf, isUrl } from './source.ts';

const EXAMPLES = `
For a URL it requests the robots.txt of the host, as a crawl does. A missing robots.txt allows everything. If the server
fails (429, 5xx), nothing may be requested for now.

Examples:
  gossamer robots https://example.com https://example.com/private/diary
  gossamer robots robots.txt /search /search/about --agent otherbot
  echo '{"robots": "User-agent: *\\nDisallow: /a", "agent": "bot", "url": "http://h/a"}' | gossamer robots --batch

--batch takes {robots, agent, url} and answers {allowed, line, crawlDelay}: line is the number of the line that decides, from 1,
or null if no line does; crawlDelay is in seconds or null. robots is text; robotsBase64 are bytes.`;

/** Stands for the host if only a path was given. */
const SOME_HOST = 'http://host';

interface RobotsManner extends Manner {
  readonly agent?: string;
  readonly batch?: boolean;
}

/** The decision on one URL. */
interface Verdict {
  readonly allowed: boolean;
  /** Counted from 1; null if no line decides. */
  readonly line: number | null;
  /** In seconds. */
  readonly crawlDelay: number | null;
}

/** The rules that are obeyed, and where they come from. */
interface Obeyed {
  /** Null if no requests are allowed for now. */
  readonly rules: RobotsRules | null;
  /** The host that paths are joined to. */
  readonly host: string;
  /** Null if the rules come from a file. */
  readonly outcome: Outcome | null;
}

export function addRobots(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('[robots]', 'a file, the URL of a host with its scheme, or - for stdin')
    .argument('[url...]', 'URLs, or paths')
    .option('--agent <name>', 'the product token to look for (gossamer, or that of --user-agent)')
    .option(...BATCH)
    .addHelpText('after', EXAMPLES);
  const optionsFor = addRequestOptions(command, shell);
  return command.action(async (source: string | undefined, urls: string[], manner: RobotsManner) => {
    const host = source !== undefined && isUrl(source) ? source : SOME_HOST;
    const agent =
      manner.agent === undefined
        ? agentsIn(productTokens(optionsFor(host)))(host)
        : agentNamed('--agent', manner.agent);
    if (manner.batch === true) {
      await runBatch(shell, source === undefined ? [] : [source], (fields) => answerRobots(fields, agent, shell));
      return finish(EXIT.finished);
    }
    if (source === undefined) throw new UsageError('No robots.txt is given: give a file, a URL, - or --batch.');
    if (urls.length === 0) throw new UsageError(`No URL is given to test against ${JSON.stringify(source)}: give one.`);
    const obeyed = await obeyedFrom(source, agent, shell, optionsFor);
    const judged = urls.map((typed) => judge(typed, obeyed));
    if (manner.json === true) await printJson(shell, judged);
    else await printLines(shell, [...judged.map((each) => textOf(each, obeyed)), ...delayLines(obeyed)]);
    finish(tellFailure(obeyed, manner, shell) ? EXIT.fatal : EXIT.finished);
  });
}

async function obeyedFrom(source: string, agent: string, shell: Shell, optionsFor: OptionsFor): Promise<Obeyed> {
  if (!isUrl(source)) {
    return {
      rules: await readRobotsInTurns(await bytesOf(source, shell, ROBOTS_BYTES_MAX), agent, shell.clock),
      host: SOME_HOST,
      outcome: null,
    };
  }
  const options: CrawlOptions = optionsFor(source);
  const host = hostOf(options.roots[0]!);
  await using fetcher = await makeFetcher(options);
  const { outcome, record } = await fetchRobots(host, fetcher.fetch, shell.clock.wall, new AbortController().signal);
  const isHad = record !== null && !forbidsAll(record);
  return {
    rules: isHad ? await readRobotsInTurns(record.body ?? new Uint8Array(0), agent, shell.clock) : null,
    host,
    outcome,
  };
}

function judge(typed: string, { rules, host, outcome }: Obeyed): Verdict & { url: string; text: string } {
  const url = urlToJudge('url', typed, host);
  if (outcome !== null && hostOf(url) !== host) {
    throw new UsageError(`${JSON.stringify(typed)} is not at ${host}: a robots.txt applies to its own host only.`);
  }
  if (rules === null) return { url, allowed: false, line: null, text: '', crawlDelay: null };
  const { text } = rules.decide(url);
  return { url, ...verdictOf(rules, url), text };
}

/** Answers `{robots | robotsBase64, agent, url}`. */
async function answerRobots(fields: Fields, agent: string, { clock }: Shell): Promise<Verdict> {
  const { bytes } = bytesField(fields, 'robots');
  const url = urlToJudge('url', addressField(fields, 'url'), SOME_HOST);
  const named = agentNamed('agent', optionalField(fields, 'agent') ?? agent);
  return verdictOf(await readRobotsInTurns(bytes, named, clock), url);
}

function verdictOf(rules: RobotsRules, url: string): Verdict {
  const { allowed, line } = rules.decide(url);
  const delayMs = rules.crawlDelayMs;
  return { allowed, line: line === 0 ? null : line, crawlDelay: delayMs === null ? null : delayMs / 1000 };
}

function urlToJudge(as: string, given: string, host: string): string {
  const url = given.startsWith('/') ? URL.parse(given, host) : URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${as}: ${JSON.stringify(given)} is neither an http or https URL nor a path.`);
  }
  return url.href;
}

function agentNamed(as: string, given: string): string {
  if (given.trim() === '') throw new UsageError(`${as}: ${JSON.stringify(given)} is not a product token.`);
  return given;
}

function textOf({ url, allowed, line, text }: ReturnType<typeof judge>, { rules }: Obeyed): string {
  const none = rules === null ? 'there is no robots.txt' : 'no line applies to it';
  return `${allowed ? 'allowed   ' : 'disallowed'}  ${url}  ${line === null ? none : `line ${line}: ${text}`}`;
}

function delayLines({ rules }: Obeyed): string[] {
  const delayMs = rules?.crawlDelayMs ?? null;
  return delayMs === null ? [] : [`One request every ${delayMs / 1000} s (Crawl-delay).`];
}

/** Prints where the rules come from; true if the request for them failed. */
function tellFailure({ rules, outcome }: Obeyed, { quiet }: Manner, shell: Shell): boolean {
  if (outcome === null) return false;
  const failure = failureText({ outcomes: [outcome], last: outcome, error: outcome.error, reason: outcome.refused });
  if (rules === null && outcome.status === 0 && failure !== null) {
    tell(shell.err, `gossamer: ${failure}`);
    return true;
  }
  const meaning = rules === null ? ': no requests are allowed for now' : '';
  const gave = outcome.refused === null ? `gave status ${outcome.status}` : `may not be asked (${outcome.refused})`;
  if (quiet !== true) tell(shell.err, `${outcome.url} ${gave}${meaning}.`);
  return false;
}
