// gossamer crawl <root...>

import type { Command } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { netrcWarning, type Run, startCrawl } from '../../job/assemble.ts';
import { type ConfigFile, readConfig } from '../../options/config.ts';
import { type CrawlOptions, environmentName } from '../../options/options.ts';
import { readOptions } from '../../options/read-options.ts';
import { type Verdict, verdictOf } from '../../views/report/quality-gate.ts';
import { reportOf } from '../../views/report/report.ts';
import { EXIT } from '../exit.ts';
import { addOptions, CONFIG, INPUT_FILE, NO_CONFIG } from '../flags.ts';
import { withLedger } from '../job.ts';
import { addGate } from '../report/gate.ts';
import { type Manner, printJson, printLines, type Shell, tell } from '../shell.ts';
import { addBeside, type BesideManner, besideCrawl } from './beside.ts';
import { lostText } from './closing.ts';
import { decisionsTold } from './decisions.ts';
import { planLines, planOf } from './dry-run.ts';
import { proxyLines } from './proxy-lines.ts';
import { rootsIn } from './root-list.ts';
import { secretLines } from './secret-lines.ts';
import { logLines, watchRun } from './watch.ts';

const EXAMPLES = `
Examples:
  gossamer crawl https://example.com
  gossamer crawl example.com -d 2 --limit 1000        two links deep, at most a thousand URLs
  gossamer crawl example.com --scope site -o my-job   all hosts of the site, into ./my-job
  gossamer crawl -i roots.txt --delay 1000            roots from a file, one second between requests to a host
  gossamer crawl localhost:8080 --no-adapt            your own server, at full speed

Times are written like 500ms, 30s, 1h30m or 2d, and a number alone is seconds (for --delay milliseconds); sizes like 500KB,
64 MB or 1.5GB, and a number alone is bytes.

Run the same command to continue where an earlier run stopped. Each option can also be set in the environment as
GOSSAMER_NAME (--host-concurrency is GOSSAMER_HOST_CONCURRENCY).
Exit codes: 0 finished, 1 no root gave any response, 2 wrong usage, 3 the machine failed, 11 and 13 interrupted,
10 a condition of --fail-on was met, 12 hosts kept us waiting too long, 14 size, 15 time, 16 limit.`;

export function addCrawl(command: Command, shell: Shell, finish: (code: number) => void): Command {
  command

    .argument('[root...]', 'URLs to begin at; without a scheme https, or http on loopback')
    .option(INPUT_FILE.flags, INPUT_FILE.doc)
    .option(CONFIG.flags, CONFIG.doc)
    .option(NO_CONFIG.flags, NO_CONFIG.doc)
    .option('--dry-run', 'show what would be requested first; fetch only robots.txt and write nothing')
    .addHelpText('after', EXAMPLES);
  addBeside(command);
  const typed = addOptions(command);
  const gate = addGate(command, shell);
  return command.action(async (given: string[], manner: CrawlManner) => {
    const { conditions, accepted } = gate(given);
    const typedRoots = await rootsOf(given, manner, shell);
    const configured = await configFor(manner, shell);
    const { roots = [], ...config } = configured?.config ?? {};
    const allRoots = typedRoots.length > 0 ? typedRoots : [roots].flat();
    const options = readOptions(allRoots, typed, shell.environment, config);
    if (manner.dryRun === true) return finish(await dryRun(options, shell, manner));
    if (conditions.length > 0 && options.store === 'memory:') {
      throw new UsageError('--fail-on needs a stored job, and --store memory: keeps nothing.');
    }
    const beside = besideCrawl(options, manner, shell);
    const run = await startCrawl(options, { ...decisionsTold(shell, manner), ...beside.hooks });
    await beside.start(run);
    const warning = await netrcWarning(options);
    const ways =
      manner.quiet === true
        ? []
        : [...proxyLines(options), ...secretLines(options), ...(warning === null ? [] : [warning])];
    for (const line of [...ways, ...openingLines(run, manner)]) tell(shell.err, line);
    const judge = (): Promise<Verdict> =>
      withLedger(run.folder, options.store, async (ledger) => {
        return verdictOf(await reportOf(run.folder, ledger, shell.clock.wall(), accepted), ledger, conditions);
      });
    const judged = { store: options.store, judge: conditions.length === 0 ? null : judge };
    const code = await watchRun(run, shell, manner, judged);
    finish(code);
    await beside.end(code);
  });
}

/** What is known of the job before the first request. Damage is reported even with --quiet. */
function openingLines({ folder, resumed, alreadyFinished, excluded, ...run }: Run, { quiet }: Manner): string[] {
  const { mended, lostUrls } = run;
  const lines = resumed && !alreadyFinished && quiet !== true ? [`Continuing the job in ${folder}.`] : [];
  if (excluded.length > 0 && lines.length > 0)
    lines.push(
      `It leaves out what was excluded while it ran: ${excluded.map((pattern) => JSON.stringify(pattern)).join(', ')}.`,
    );
  return [...lines, ...logLines(run), ...mended, ...(lostUrls === 0 ? [] : [lostText(lostUrls, folder)])];
}

interface CrawlManner extends Manner, BesideManner {
  readonly inputFile?: string;
  /** False for --no-config. */
  readonly config?: string | false;
  readonly dryRun?: boolean;
}

async function dryRun(options: CrawlOptions, shell: Shell, manner: Manner): Promise<number> {
  const plan = await planOf(options, shell);
  if (manner.json === true) await printJson(shell, plan);
  else await printLines(shell, planLines(plan, options));
  return EXIT.finished;
}

/**
 * Reads the options file. Its name is printed first: it is a program, and in a folder from elsewhere it would otherwise
 * run unnoticed.
 */
async function configFor({ config, quiet }: CrawlManner, shell: Shell): Promise<ConfigFile | null> {
  const isOff = config === false || (config === undefined && isSet(NO_CONFIG, shell));
  if (isOff) return null;
  return readConfig(named(config, CONFIG, shell), process.cwd(), (file) => {
    if (quiet !== true) tell(shell.err, `Options from ${file} (--no-config ignores the file).`);
  });
}

function isSet({ flags }: { readonly flags: string }, shell: Shell): boolean {
  return !/^(?:|0|false|no|off)$/i.test(shell.environment[environmentName(flags)] ?? '');
}

/** The value as typed, or from the environment; undefined without either. */
function named(typed: string | undefined, { flags }: { readonly flags: string }, shell: Shell): string | undefined {
  return typed ?? (shell.environment[environmentName(flags)] || undefined);
}

async function rootsOf(typed: readonly string[], { inputFile }: CrawlManner, shell: Shell): Promise<readonly string[]> {
  const file = named(inputFile, INPUT_FILE, shell);
  return file === undefined ? typed : rootsIn(file, typed, shell);
}
