// gossamer fetch <url>

import type { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import type { Outcome, Parser } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { showCountOf, showSize } from '../base/figures.ts';
import { BATCH_HOSTS_MAX } from '../base/limits.ts';
import { parseContextOf } from '../base/parse-context.ts';
import { cookieFiles, cookiesAlone, type Fetcher, makeFetcher, makeParser } from '../job/assemble.ts';
import type { CrawlOptions } from '../options/options.ts';
import { isDowngrade, requestFields, withheldFrom } from '../options/request-fields.ts';
import { rootUrl } from '../options/root-url.ts';
import { hostOf } from '../url/host.ts';
import { type Answered, addRequestOptions, ask, askOnce } from './ask.ts';
import { BATCH, type Fields, runBatch, textField } from './crawl/batch.ts';
import { untoldLines } from './crawl/closing.ts';
import { EXIT } from './exit.ts';
import { failureText } from './failure-text.ts';
import { type FetchDocument, fetchDocument } from './fetch-document.ts';
import { plainLines } from './plain.ts';
import { type Manner, print, printJson, printLines, type Shell, tell } from './shell.ts';

const EXAMPLES = `
It makes one request exactly as a crawl does, and one for each redirect. It does not ask for robots.txt and does not
retry. The URL counts as a root: it may name a private address, but it may not redirect to one.

Examples:
  gossamer fetch https://example.com
  gossamer fetch example.com -A 'mybot/1.0' -H 'Accept-Language: de' --json
  gossamer fetch https://example.com/photo.jpg --body > photo.jpg
  echo '{"url": "https://example.com"}' | gossamer fetch --batch

--batch takes {url} and answers with the documents of --json, one request after the other. With --body the documents hold the
body too, as bodyBase64. The lines may come from anybody: private addresses need --allow-private, and ports that
are unusual for the web need --allow-port.
Exit codes: 0 a response came, whatever its status; 1 no response came; 2 wrong usage.`;

interface FetchManner extends Manner {
  readonly body?: boolean;
  readonly batch?: boolean;
}

export function addFetch(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('[url]', 'without a scheme https, or http on loopback')
    .option('--body', 'write the body to stdout and its description to stderr')
    .option(...BATCH)
    .addHelpText('after', EXAMPLES);
  const optionsFor = addRequestOptions(command, shell);
  return command.action(async (url: string | undefined, manner: FetchManner) => {
    const parse = makeParser();
    if (manner.batch === true) {
      await answerBatch(shell, url === undefined ? [] : [url], optionsFor, (answered) =>
        documentOf(answered, parse, manner),
      );
      return finish(EXIT.finished);
    }
    if (url === undefined) throw new UsageError('No URL is given: give one, or --batch.');
    const options = optionsFor(url);
    const answered = await askOnce(options);
    const document = await documentOf(answered, parse, manner);
    if (manner.json === true) await printJson(shell, document);
    else await show(answered, document, manner, shell);
    if (manner.quiet !== true) for (const line of untoldOf(answered, options)) tell(shell.err, line);
    const failure = failureText(answered);
    if (failure !== null) tell(shell.err, `gossamer: ${failure}`);
    finish(failure === null ? EXIT.finished : EXIT.fatal);
  });
}

/** Which secrets were not sent to another origin after a redirect. */
function untoldOf({ last }: Answered, options: CrawlOptions): string[] {
  const { roots } = options;
  const withheld = withheldFrom(requestFields(options), last.url);
  const untold = { root: roots[0]!, url: last.url, withheld, isDowngrade: isDowngrade(last.url, roots) };
  return withheld.length === 0 ? [] : untoldLines([untold]);
}

async function documentOf(answered: Answered, parse: Parser, { body }: FetchManner): Promise<FetchDocument> {
  const found = await parse(answered.last.body, parseContextOf(answered.last));
  return fetchDocument(answered, found, body === true);
}

/**
 * Each line is a root of its own. But the user may not have written the lines, so they do not open private addresses or
 * ports.
 */
async function answerBatch(
  shell: Shell,
  given: readonly string[],
  optionsFor: (root: string) => CrawlOptions,
  documentOf: (answered: Answered) => Promise<FetchDocument>,
): Promise<void> {
  // Wrong options are reported before anything is read.
  const batch = optionsFor('localhost');
  const cookies = cookiesAlone(batch, cookieFiles(batch), systemClock);
  const fetchers = new Map<string, Fetcher>();
  const closeFirst = async (): Promise<void> => {
    const [host, fetcher] = fetchers.entries().next().value!;
    fetchers.delete(host);
    await fetcher.close();
  };
  const answer = async (fields: Fields): Promise<FetchDocument> => {
    const options = optionsFor(rootUrl(textField(fields, 'url')));
    const host = hostOf(options.roots[0]!);
    const fetcher = fetchers.get(host) ?? (await makeFetcher(options, []));
    fetchers.set(host, fetcher);
    if (fetchers.size > BATCH_HOSTS_MAX) await closeFirst();
    return documentOf(await ask(fetcher.fetch, options, cookies));
  };
  try {
    await runBatch(shell, given, answer);
  } finally {
    while (fetchers.size > 0) await closeFirst();
    await cookies.save();
  }
}

async function show(answered: Answered, document: FetchDocument, manner: FetchManner, shell: Shell): Promise<void> {
  const lines = manner.quiet === true ? [] : textOf(answered, document, manner.verbose === true);
  if (manner.body !== true) return printLines(shell, lines);
  for (const line of lines) tell(shell.err, line);
  const { body } = answered.last;
  // A terminal would obey control characters, so it gets harmless text; a pipe and a file get every byte.
  await print(shell, shell.out.isTTY === true ? plainLines(Buffer.from(body).toString()) : body);
}

function textOf({ outcomes, last }: Answered, document: FetchDocument, isVerbose: boolean): string[] {
  const lines = outcomes.flatMap((each) => [...hopLines(each), ...(isVerbose ? tlsLines(each) : [])]);
  if (isVerbose && last.requestHead !== '') lines.push('', ...headLines(last.requestHead));
  if (last.status === 0) return lines;
  return [...lines, '', ...headLines(last.responseHead).slice(1), '', bodyText(document)];
}

function hopLines(outcome: Outcome): string[] {
  const { url, status, responseHead, firstByteMs, elapsedMs } = outcome;
  const place = placeOf(outcome);
  const all = `${Math.round(elapsedMs)} ms`;
  if (status === 0) return [`no response  ${url}`, `  ${place}after ${all}`];
  const timing = `first byte after ${Math.round(firstByteMs)} ms, ${all} in all`;
  return [`${headLines(responseHead)[0]}  ${url}`, `  ${place}${timing}`];
}

function tlsLines({ protocol, tls }: Outcome): string[] {
  if (tls === undefined) return [];
  const { version, cipher, subject, names, issuer, validFrom, validTo } = tls;
  return [
    `  ${[protocol || 'no protocol', version, cipher].join(', ')}`,
    `  certificate of ${subject} for ${names.join(', ') || 'no name'}`,
    `  issued by ${issuer}, valid from ${validFrom} to ${validTo}`,
  ];
}

function placeOf({ remoteAddress, protocol, proxy }: Outcome): string {
  const place = proxy !== undefined ? `through ${proxy}` : remoteAddress === '' ? '' : `from ${remoteAddress}`;
  return place === '' ? '' : `${place}${protocol === 'h2' ? ' over HTTP/2' : ''}, `;
}

function headLines(head: string): string[] {
  return head.split(/\r?\n/).filter((line) => line !== '');
}

function bodyText(document: FetchDocument): string {
  const { contentType, charset, bytes, decodedBytes, links, title, truncated, detail } = document;
  const decoded = decodedBytes === bytes ? '' : ` (${showSize(decodedBytes)} decoded)`;
  const parts = [contentType || 'no type', charset, `${showSize(bytes)}${decoded}`];
  if (charset !== '') parts.push(showCountOf(links, 'link'));
  if (title !== '') parts.push(JSON.stringify(title));
  if (truncated !== null) parts.push(`cut (${truncated})`);
  if (detail !== '') parts.push(detail);
  return parts.filter(Boolean).join(', ');
}
