// gossamer links <file|url|->

import type { Command } from 'commander';
import type { ParseContext, ParsedPage, Parser } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { showCountOf } from '../base/figures.ts';
import { parseContextOf } from '../base/parse-context.ts';
import { makeParser } from '../job/assemble.ts';
import { addRequestOptions, askOnce, type OptionsFor } from './ask.ts';
import { BATCH, bytesField, type Fields, optionalField, runBatch } from './crawl/batch.ts';
import { EXIT } from './exit.ts';
import { failureText } from './failure-text.ts';
import { type Manner, printJson, printLines, type Shell, tell } from './shell.ts';
import { bytesOf, isUrl } from './source.ts';

const EXAMPLES = `
Examples:
  gossamer links https://example.com
  gossamer links page.html --base https://example.com/docs/
  curl -s https://example.com | gossamer links - --base https://example.com --json | jq -r '.links[].url'
  echo '{"html": "<a href=b>", "base": "https://example.com/a"}' | gossamer links --batch

--batch takes {html, base, type} and answers {links: [{url, kind, rel, element}], base, charset}. html is text; htmlBase64
are bytes, whose encoding is found as for a page with the Content-Type that type gives.`;

/** The HTML standard's URL for a document without one: relative links lead nowhere from it. */
const NOWHERE = 'about:blank';
const HTML = 'text/html';
/** Without a URL the options are checked all the same, with this one. */
const SOME_ROOT = 'http://localhost';

interface LinksManner extends Manner {
  readonly base?: string;
  readonly type?: string;
  readonly batch?: boolean;
}

/** A page to parse. */
interface Page extends ParseContext {
  readonly bytes: Uint8Array;
}

export function addLinks(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('[page]', 'a file, a URL with its scheme, or - for stdin')
    .option('--base <url>', "the page's own URL, which relative links start from")
    .option('--type <media-type>', 'its Content-Type; text/html by default for a file')
    .option(...BATCH)
    .addHelpText('after', EXAMPLES);
  const optionsFor = addRequestOptions(command, shell);
  return command.action(async (source: string | undefined, manner: LinksManner) => {
    const parse = makeParser({ requisites: true });
    if (manner.batch === true) {
      await runBatch(shell, source === undefined ? [] : [source], (fields) => answerLinks(fields, parse));
      return finish(EXIT.finished);
    }
    if (source === undefined) throw new UsageError('No page is given: give a file, a URL, - or --batch.');
    const page = await pageFrom(source, manner, shell, optionsFor);
    if (page === null) return finish(EXIT.fatal);
    const found = await parse(page.bytes, page);
    if (manner.json === true) await printJson(shell, answerOf(found));
    else await printLines(shell, found.links.map(lineOf));
    if (manner.quiet !== true) for (const note of notesOn(page, found)) tell(shell.err, note);
    finish(EXIT.finished);
  });
}

async function pageFrom(
  source: string,
  manner: LinksManner,
  shell: Shell,
  optionsFor: OptionsFor,
): Promise<Page | null> {
  const base = manner.base === undefined ? undefined : baseUrl('--base', manner.base);
  if (!isUrl(source)) {
    const { bodyBytesMax } = optionsFor(SOME_ROOT);
    const bytes = await bytesOf(source, shell, bodyBytesMax);
    return { bytes, url: base ?? NOWHERE, contentType: manner.type ?? HTML };
  }
  const answered = await askOnce(optionsFor(source));
  const { last } = answered;
  const failure = failureText(answered);
  if (failure !== null) tell(shell.err, `gossamer: ${failure}`);
  else if (manner.quiet !== true && last.status > 299) tell(shell.err, `${last.url} gave status ${last.status}.`);
  if (failure !== null) return null;
  const context = parseContextOf(last);
  return { ...context, bytes: last.body, url: base ?? last.url, contentType: manner.type ?? context.contentType };
}

/** Answers `{html | htmlBase64, base, type}`. */
function answerLinks(fields: Fields, parse: Parser): object | Promise<object> {
  const { bytes, isText } = bytesField(fields, 'html');
  const base = optionalField(fields, 'base');
  const type = optionalField(fields, 'type') ?? HTML;
  // Text has no encoding until it is encoded; here that is always UTF-8.
  const contentType = isText ? `${type.split(';', 1)[0]!.trim() || HTML}; charset=utf-8` : type;
  const found = parse(bytes, { url: base === undefined ? NOWHERE : baseUrl('base', base), contentType });
  return found instanceof Promise ? found.then(answerOf) : answerOf(found);
}

function answerOf({ links, base, charset }: ParsedPage): Pick<ParsedPage, 'links' | 'base' | 'charset'> {
  return { links, base, charset };
}

function baseUrl(as: string, given: string): string {
  const url = URL.parse(given);
  if (url === null) throw new UsageError(`${as}: ${JSON.stringify(given)} is not an absolute URL.`);
  url.hash = '';
  return url.href;
}

function lineOf({ url, kind, rel, element }: ParsedPage['links'][number]): string {
  return `${kind.padEnd(10)}  ${element.padEnd(6)}  ${url}${rel === '' ? '' : `  (${rel})`}`;
}

function notesOn(
  { url, contentType }: Page,
  { links, unkept: { dropped, tooLong, otherScheme }, base, charset, nofollow }: ParsedPage,
): string[] {
  const notes: string[] = [];
  if (charset === '' && links.length === 0)
    notes.push(`${contentType || 'This body without a type'} is not a page: no links.`);
  else if (base === NOWHERE) notes.push('Relative links are left out: --base URL sets their base.');
  if (base !== url) notes.push(`Relative links start from ${base}.`);
  if (dropped > 0)
    notes.push(`${showCountOf(dropped, 'link')} more than the ${links.length} that are read from a page.`);
  if (tooLong > 0) notes.push(`${showCountOf(tooLong, 'link')} longer than servers accept.`);
  if (otherScheme > 0) notes.push(`${showCountOf(otherScheme, 'link')} with a scheme other than http and https.`);
  if (nofollow) notes.push('The page asks us not to follow its links.');
  return notes;
}
