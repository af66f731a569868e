// gossamer key <url...>

import type { Command } from 'commander';
import { type SkipReason, UsageError } from '../base/errors.ts';
import { type CrawlOptions, resolveOptions } from '../options/options.ts';
import { readOptions } from '../options/read-options.ts';
import { rootUrl } from '../options/root-url.ts';
import { siteOf } from '../url/host.ts';
import { urlKey } from '../url/key.ts';
import { createScope, type Scope } from '../url/scope.ts';
import { addressField, BATCH, type Fields, optionalField, runBatch } from './crawl/batch.ts';
import { EXIT } from './exit.ts';
import { addOptions, SCOPE_OPTIONS } from './flags.ts';
import { type Manner, printJson, printLines, type Shell } from './shell.ts';

const EXAMPLES = `
Examples:
  gossamer key 'HTTP://Example.com:80/%7ejoe/../a?'
  gossamer key https://www.example.com/docs/a --root https://example.com/docs/ --scope prefix
  echo '{"url": "https://example.com/a", "root": "https://example.com/"}' | gossamer key --batch

--batch takes {url, root, scope} and answers {key, host, site, inScope}; without a root inScope is null.`;

/** Without a root the options are checked all the same, with this one. */
const ANY_ROOT = 'localhost';

export interface UrlParts {
  readonly key: string;
  readonly host: string;
  readonly site: string;
  /** Null if no root was given. */
  readonly inScope: boolean | null;
}

export function addKey(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command
    .argument('[url...]', 'without a scheme https, or http on loopback')
    .option('--root <url>', 'tell whether the URLs are in the scope of a crawl from there')
    .option(...BATCH)
    .addHelpText('after', EXAMPLES);
  const typed = addOptions(command, SCOPE_OPTIONS);
  type KeyManner = Manner & { readonly root?: string; readonly batch?: boolean };
  return command.action(async (given: string[], { root, json, batch }: KeyManner) => {
    if (batch === true) await runBatch(shell, given, answerKey);
    else {
      if (given.length === 0) throw new UsageError('No URL is given: give one or several, or --batch.');
      const options = readOptions([root ?? ANY_ROOT], typed, shell.environment);
      const scope = root === undefined ? null : createScope(options);
      const told = given.map(typedUrl).map((url) => ({ url, ...partsOf(url, scope) }));
      if (json === true) await printJson(shell, told);
      else
        await printLines(
          shell,
          told.flatMap((parts) => textOf(parts, scope?.admits(parts.url, 0) ?? null)),
        );
    }
    finish(EXIT.finished);
  });
}

/**
 * The key, the host and the site of an absolute URL. A URL with a scheme other than http and https may have no host and
 * then has no site.
 */
export function partsOf(url: string, scope: Scope | null): UrlParts {
  const { protocol, host, hostname } = new URL(url);
  const own = hostname === '' ? protocol : `${protocol}//${host}`;
  const inScope = scope === null ? null : scope.admits(url, 0) === null;
  return { key: urlKey(url), host: own, site: hostname === '' ? '' : siteOf(`${own}/`), inScope };
}

/** Answers `{url, root, scope}`; a relative url may come with a base. */
function answerKey(fields: Fields): UrlParts {
  const given = addressField(fields, 'url');
  const url = URL.parse(given, optionalField(fields, 'base'))?.href;
  if (url === undefined) throw new UsageError(`url: ${JSON.stringify(given)} is not an absolute URL.`);
  const root = optionalField(fields, 'root');
  const which = optionalField(fields, 'scope') as CrawlOptions['scope'] | undefined;
  const scope = root === undefined ? null : createScope(resolveOptions({ roots: root, scope: which }));
  return partsOf(withoutFragment(url), scope);
}

// A URL with a scheme is taken as it is, even with a name and a password: its key is without them.
function typedUrl(typed: string): string {
  const url = typed.includes('://') ? URL.parse(typed)?.href : rootUrl(typed);
  if (url === undefined) throw new UsageError(`${JSON.stringify(typed)} is not a URL.`);
  return withoutFragment(url);
}

function withoutFragment(href: string): string {
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}

function textOf({ url, key, host, site, inScope }: UrlParts & { url: string }, reason: SkipReason | null): string[] {
  const lines = [url, `  key    ${key}`, `  host   ${host}`, `  site   ${site}`];
  return inScope === null ? lines : [...lines, `  scope  ${inScope ? 'in' : `out (${reason})`}`];
}
