// The commands of the program. The file of a command is loaded when the command is given: together they are most of
// the program, and each needs a part of it.

import type { Command } from 'commander';
import type { Shell } from './shell.ts';

/** Adds arguments, options and the action to a command. `finish` takes the exit code. */
export type AddCommand = (command: Command, shell: Shell, finish: (code: number) => void) => Command;

interface CommandOfTable {
  readonly usage: string;
  readonly about: string;
  load(): Promise<AddCommand>;
}

export const COMMANDS: Readonly<Record<string, CommandOfTable>> = {
  crawl: {
    usage: '[options] [root...]',
    about: 'crawl from one or several roots; continue an unfinished job',
    load: async () => (await import('./crawl/crawl.ts')).addCrawl,
  },
  work: {
    usage: '[options]',
    about: 'join a job that is kept in a database, as one more worker; nothing else need be known of it',
    load: async () => (await import('./crawl/work.ts')).addWork,
  },
  status: {
    usage: '[options] [job]',
    about: 'counts, pace and holds of a job, and what it waits for; also beside a running crawl',
    load: async () => (await import('./status.ts')).addStatus,
  },
  why: {
    usage: '[options] <url> [job]',
    about: 'every decision about one URL: how it was found, what was tried, what its host answered',
    load: async () => (await import('./why.ts')).addWhy,
  },
  report: {
    usage: '[options] [job]',
    about: 'what a job found: status codes, broken links and their pages, redirects, the slowest and the largest',
    load: async () => (await import('./report/report.ts')).addReport,
  },
  export: {
    usage: '[options] <format> [job]',
    about: 'export a job as a file or a folder',
    load: async () => (await import('./export/export.ts')).addExport,
  },
  index: {
    usage: '[options] [job]',
    about: 'make the pages of a job searchable; again after a crawl, to add what is new',
    load: async () => (await import('./index-job.ts')).addIndex,
  },
  search: {
    usage: '[options] <words...> [job]',
    about: 'find pages by their words: phrases, beginnings*, -not, site:, path:, lang:',
    load: async () => (await import('./search.ts')).addSearch,
  },
  mcp: {
    usage: '[options] [job...]',
    about: 'serve jobs to a language model: the Model Context Protocol on stdin and stdout',
    load: async () => (await import('./mcp/mcp.ts')).addMcp,
  },
  serve: {
    usage: '[options] [job...]',
    about: 'a page for one or many jobs, live and afterwards, and its API; for this machine alone',
    load: async () => (await import('./serve.ts')).addServe,
  },
  verify: {
    usage: '[options] [job]',
    about: 'compare the store with the archive: every row, every record, every digest; exit 0 only if all is well',
    load: async () => (await import('./verify.ts')).addVerify,
  },
  retry: {
    usage: '[options] [job] [url...]',
    about: 'queue URLs again: by error, by reason for skipping, by status, or by name',
    load: async () => (await import('./retry.ts')).addRetry,
  },
  remove: {
    usage: '[options] <url> [job]',
    about: 'takedown: remove a URL from the store and the archive; a row stays that says so',
    load: async () => (await import('./remove.ts')).addRemove,
  },
  move: {
    usage: '[options] [job]',
    about: 'move a job to another database, for example from its folder to PostgreSQL',
    load: async () => (await import('./move.ts')).addMove,
  },
  demo: {
    usage: '[options]',
    about: 'serve a small site on this machine and crawl it; no traffic leaves the machine',
    load: async () => (await import('./crawl/demo.ts')).addDemo,
  },
  fetch: {
    usage: '[options] <url> | --batch',
    about: 'one request as a crawl makes it: redirects, headers, timings, address',
    load: async () => (await import('./fetch.ts')).addFetch,
  },
  login: {
    usage: '[options] <url>',
    about: 'log in by a form, and keep the cookies for a crawl',
    load: async () => (await import('./login.ts')).addLogin,
  },
  sign: {
    usage: '[options] [url]',
    about: 'the signature of a request, and the directory document of the key that signs',
    load: async () => (await import('./sign.ts')).addSign,
  },
  links: {
    usage: '[options] <file|url|-> | --batch',
    about: 'the links of a page: kind, element, URL, rel',
    load: async () => (await import('./links.ts')).addLinks,
  },
  key: {
    usage: '[options] <url...> | --batch',
    about: 'key, host and site of a URL, and whether it is in the scope of a root',
    load: async () => (await import('./key.ts')).addKey,
  },
  robots: {
    usage: '[options] <file|url|-> <url...> | --batch',
    about: 'whether robots.txt allows a URL, and the line that decides',
    load: async () => (await import('./robots.ts')).addRobots,
  },
  completion: {
    usage: '[options] <shell>',
    about: 'print a script that completes commands and options in your shell',
    load: async () => (await import('./completion.ts')).addCompletion,
  },
};

/** Makes all commands. Those that `argv` names get their options and actions; for `completion` all of them do. */
export async function addCommands(
  program: Command,
  argv: readonly string[],
  shell: Shell,
  finish: (code: number) => void,
): Promise<void> {
  const isWanted = (name: string): boolean => argv.includes(name) || argv.includes('completion');
  for (const [name, { usage, about, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(about).usage(usage);
    if (!isWanted(name)) continue;
    const added = (await load())(command, shell, finish);
    const hasStore = added.options.some(({ long }) => long === '--store');
    if (usage.includes('[job]') && !hasStore)
      added.option('--store <url>', 'the database of the job, as it was given to the crawl');
    added
      .option('--json', 'print one JSON document on stdout')
      .option('-q, --quiet', 'print only errors')
      .option('-v, --verbose', 'print more');
  }
}
