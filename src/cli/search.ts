// gossamer search <words...> [job]

import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';
import { showCount, showCountOf } from '../base/figures.ts';
import { contentsOf, holdingsOf } from '../job/open-contents.ts';
import { answerFrom, type ShownAnswer, type ShownResult } from '../search/answer.ts';
import { indexState } from '../search/open-index.ts';
import { QuestionError } from '../search/question.ts';
import { EXIT } from './exit.ts';
import { indexAlone, progressOn } from './index-job.ts';
import { findJob, hasArchive, jobsAmong, storeOf, withLedger } from './job.ts';
import { columnsOf, fit, plain } from './plain.ts';
import { type JobManner, print, printJson, type Shell, wantsColour } from './shell.ts';

const EXAMPLES = `
Words:
  install guide          pages with both words, in any form
  "install guide"        the words one behind the other
  instal*                words that begin so
  -windows               pages without the word (with quotation marks around the whole question)
  site:example.com       pages of a host and the hosts below it
  path:/docs  type:html  lang:de  before:2026-01-01  after:2025

Examples:
  gossamer search install guide
  gossamer search '"hash table" -java path:/docs' crawls/example.com
  gossamer search einrichten lang:de --json | jq -r '.results[].url'

Exit code 0 if a page was found, 1 if none was.`;

const RESULTS = 10;
const RESULTS_MAX = 400;
const COLUMNS = 80;
const INDENT = 4;

interface SearchManner extends JobManner {
  readonly results: string;
  readonly page: string;
}

export function addSearch(command: Command, shell: Shell, finish: (code: number) => void): Command {
  return command

    .argument('<words...>', "what to look for; the last word may be the job's folder")
    .option('--results <n>', 'how many results a page has', String(RESULTS))
    .option('--page <n>', 'the page of results', '1')
    .allowUnknownOption()
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], manner: SearchManner) => {
      const option = words.find((word) => /^--\w/.test(word));
      if (option !== undefined) throw new UsageError(`unknown option '${option}'.`);
      const store = storeOf(manner, shell);
      const last = words.length > 1 ? words.slice(-1) : [];
      const [job] = await jobsAmong(last, store);
      const typed = (job === undefined ? words : words.slice(0, -1)).join(' ');
      // Otherwise the folder of a job in a database would be a word.
      const folder = await findJob(job ?? last.find(hasArchive), store);
      const most = countOf('--results', manner.results);
      const from = (countOf('--page', manner.page) - 1) * most;
      const answer = await withLedger(folder, store, async (ledger) => {
        const contents = contentsOf(holdingsOf(folder, ledger), ledger);
        if ((await indexState(folder, ledger)) === 'older') {
          const show = progressOn(shell, manner);
          await indexAlone({ folder, store }, show.rows);
          show.end();
        }
        return ask({ folder, ledger, contents }, typed, from, most);
      });
      if (manner.json === true) await printJson(shell, documentOf(answer));
      else await print(shell, textOf(answer, from, shell));
      finish(answer.results.length > 0 ? EXIT.finished : EXIT.fatal);
    });
}

/** Throws UsageError. */
function countOf(option: string, typed: string): number {
  const count = Number(typed);
  if (Number.isInteger(count) && count >= 1 && count <= RESULTS_MAX) return count;
  throw new UsageError(`${option}: ${JSON.stringify(typed)} is not a number from 1 to ${RESULTS_MAX}.`);
}

async function ask(
  job: Parameters<typeof answerFrom>[0],
  typed: string,
  from: number,
  most: number,
): Promise<ShownAnswer> {
  try {
    return await answerFrom(job, typed, from, most);
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    const place = error.at > 0 ? `, from ${JSON.stringify(typed.slice(error.at, error.at + 40))} on` : '';
    throw new UsageError(`${JSON.stringify(typed.slice(0, 200))}: ${error.message}${place}.`);
  }
}

/** In a snippet, `[[` and `]]` are around what was asked for. */
function documentOf({ count, isCountCut, results, suggestion }: ShownAnswer): object {
  return {
    total: count,
    totalIsAtLeast: isCountCut,
    results: results.map(({ url, title, type, language, at, score, alike, excerpt }) => {
      const snippet =
        excerpt?.pieces.map((piece, place) => (place % 2 === 1 ? `[[${piece}]]` : piece)).join('') ?? null;
      const fetchedAt = new Date(at).toISOString();
      return { url, title, snippet, score, fetchedAt, type, language, duplicates: alike.length, alike };
    }),
    suggestion,
  };
}

function textOf({ count, isCountCut, results, suggestion }: ShownAnswer, from: number, shell: Shell): string {
  const isColoured = wantsColour(shell.out, shell.environment);
  const strong = (text: string): string => (isColoured ? `\x1b[1m${text}\x1b[22m` : text);
  const columns = Math.max(40, Math.min(shell.out.columns ?? COLUMNS, 100));
  const lines = results.flatMap((result, at) => ['', ...linesOf(result, from + at + 1, columns, strong)]);
  const found =
    count === 0 ? 'No page has these words.' : `${showCountOf(count, 'page')}${isCountCut ? ' or more' : ''}.`;
  const mended = suggestion === null ? [] : [`Did you mean: ${strong(plain(suggestion))}`];
  return `${[found, ...mended, ...lines].join('\n')}\n`;
}

function linesOf(
  { url, title, at, alike, excerpt }: ShownResult,
  number: number,
  columns: number,
  strong: (text: string) => string,
): string[] {
  const room = columns - INDENT;
  const indent = ' '.repeat(INDENT);
  const date = new Date(at).toISOString().slice(0, 10);
  const lines = [
    `${String(number).padStart(INDENT - 1)} ${strong(fit(plain(title ?? url), room))}`,
    `${indent}${fit(plain(url), room - date.length - 2)}  ${date}`,
  ];
  if (excerpt !== null) {
    const { pieces, isBeginning, isEnd } = excerpt;
    const marked = pieces.flatMap((piece, place) =>
      wordsOf(piece).map((word) => ({ word, isMarked: place % 2 === 1 })),
    );
    if (!isBeginning) marked.unshift({ word: '… ', isMarked: false });
    if (!isEnd) marked.push({ word: '…', isMarked: false });
    lines.push(...wrapped(marked, room, strong).map((line) => indent + line));
  }
  if (alike.length > 0) lines.push(`${indent}and ${showCount(alike.length)} that say nearly the same`);
  return lines;
}

interface Word {
  readonly word: string;
  readonly isMarked: boolean;
}

/** Words with the spaces behind them; a text without spaces in pieces. */
function wordsOf(text: string): string[] {
  return plain(text).match(/\S{1,20}\s*|\s+/gu) ?? [];
}

function wrapped(words: readonly Word[], columns: number, strong: (text: string) => string): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const { word, isMarked } of words) {
    if (used + columnsOf(word.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
      used = 0;
    }
    line += isMarked ? strong(word) : word;
    used += columnsOf(word);
  }
  return [...lines, line.trimEnd()];
}
