// The table of options as flags for commander, as help, and as tables for the guide.

import { type Command, Option } from 'commander';
import {
  ALIASES,
  environmentName,
  isTurnedOff,
  longFlag,
  OPTIONS,
  type OptionName,
  type OptionSpec,
} from '../options/options.ts';
import type { Typed } from '../options/read-options.ts';
import { showBytes, showDuration } from '../options/values.ts';

const GROUPS: Readonly<Record<OptionSpec['group'], string>> = {
  scope: 'Scope',
  pace: 'Pace',
  limits: 'Limits',
  request: 'Request',
  job: 'Job',
};

/** The only crawl option outside CrawlOptions: it gives roots. */
export const INPUT_FILE = {
  flags: '-i, --input-file <file>',
  doc: 'read roots from a file, one per line; # begins a comment; - is stdin',
};

/** The file with options that are not typed. */
export const CONFIG = {
  flags: '--config <file>',
  doc: 'read this options file instead of gossamer.config.ts, .js or .json in this folder',
};

/** Ignores the options file. The file is a program, and in a folder from elsewhere it may be anybody's. */
export const NO_CONFIG = {
  flags: '--no-config',
  doc: 'ignore the options file in this folder',
};

/** Conditions under which a crawl that finished still fails; they do not change the crawl. */
export const FAIL_ON = {
  flags: '--fail-on <what>',
  doc: 'exit with code 10 if the report has these URLs: broken, bad-url (links that are not URLs), sitemap (sitemaps that could not be read), failed, 4xx, 5xx, a status or an error code; separate several with commas',
};

/** Statuses that are normal for the crawled site. */
export const ACCEPT = {
  flags: '--accept <statuses>',
  doc: 'statuses that are normal for this site, for example 403,999 or 4xx: --fail-on and the report do not count these URLs as broken',
};

/** The options that a single request takes. */
export const REQUEST_OPTIONS: readonly OptionName[] = [
  ...(['bodyBytesMax', 'redirectsMax', 'timeoutMs', 'minRateBytesPerSecond', 'responseMsMax'] as const),
  ...(['userAgent', 'contact', 'referer', 'headers', 'secretHeaders'] as const),
  ...(['auth', 'digest', 'netrc', 'netrcFile', 'hosts', 'signKey', 'signAgent'] as const),
  ...(['cookies', 'cookieFile', 'saveCookies'] as const),
  ...(['ca', 'cert', 'key', 'keyPassphrase', 'minTls', 'aia'] as const),
  ...(['insecure', 'http2', 'proxy', 'proxyFile', 'noProxy', 'proxyInsecure', 'proxyCa', 'proxyDigest'] as const),
  ...(['resolve', 'localAddress', 'ipv4', 'ipv6', 'unixSocket', 'rateLimit'] as const),
  ...(['allowPrivate', 'allowedPorts'] as const),
];
/** The options that decide whether a URL belongs to a job. */
export const SCOPE_OPTIONS: readonly OptionName[] = ['scope', 'strict', 'include', 'exclude'];

/**
 * Adds all options of the table to the command, or only the named ones, with their aliases. It returns a list that
 * receives what is typed, in the order of typing.
 */
export function addOptions(command: Command, names?: readonly OptionName[]): readonly Typed[] {
  const typed: Typed[] = [];
  const isWanted = ({ name }: { readonly name: OptionName }): boolean => names?.includes(name) ?? true;
  for (const spec of OPTIONS.filter(isWanted)) {
    const said = `${spec.doc}${defaultText(spec)}`;
    const on = addFlag(command, spec.flags, said, GROUPS[spec.group]);
    on((text) => typed.push({ name: spec.name, as: longFlag(spec.flags), text: text ?? String(!isTurnedOff(spec)) }));
    if (spec.kind.is !== 'flag') continue;
    // The opposite flag lets the command line override the environment.
    const own = longFlag(spec.flags);
    const opposite = isTurnedOff(spec) ? own.replace('--no-', '--') : own.replace('--', '--no-');
    if (OPTIONS.some(({ flags }) => longFlag(flags) === opposite)) continue;
    addFlag(
      command,
      opposite,
      null,
      null,
    )(() => typed.push({ name: spec.name, as: opposite, text: String(isTurnedOff(spec)) }));
  }
  for (const { name, flags, doc } of ALIASES.filter(isWanted)) {
    const on = addFlag(command, flags, doc, 'Aliases');
    on((text) => typed.push({ name, as: longFlag(flags), text: text ?? 'true' }));
  }
  return typed;
}

// Commander keeps one value per option; its events keep the order and every repetition.
function addFlag(command: Command, flags: string, doc: string | null, group: string | null) {
  const option = new Option(flags, doc ?? '');
  if (doc === null) option.hideHelp();
  if (group !== null) option.helpGroup(`${group}:`);
  command.addOption(option);
  return (listener: (text: string | null) => void) => void command.on(`option:${option.name()}`, listener);
}

function defaultText(spec: OptionSpec): string {
  const shown = shownDefault(spec);
  return shown === '' ? '' : ` (${shown})`;
}

/** The default as a user would type it; empty if there is nothing to type. */
function shownDefault({ kind, default: value }: OptionSpec): string {
  if (typeof value === 'number' && kind.is === 'duration')
    return kind.bareUnit === 's' ? showDuration(value) : String(value);
  if (typeof value === 'number' && kind.is === 'bytes') return showBytes(value);
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** The options as markdown with a table for each group, for the guide. */
export function optionsMarkdown(): string {
  const roots = table('Roots', [
    { ...INPUT_FILE, shown: '' },
    { ...CONFIG, shown: '' },
    { ...NO_CONFIG, shown: '' },
  ]);
  const parts = Object.entries(GROUPS).map(([group, title]) => {
    const specs = OPTIONS.filter((spec) => spec.group === group);
    return table(
      title,
      specs.map((spec) => ({ ...spec, shown: shownDefault(spec) })),
    );
  });
  const gate = table('Gate', [
    { ...FAIL_ON, shown: '' },
    { ...ACCEPT, shown: '' },
  ]);
  const aliases = ALIASES.map(({ flags, doc }) => `| ${code(flags)} | ${cell(doc)} |`);
  return [
    roots,
    ...parts,
    gate,
    ['**Aliases**', '', '| option | what it does |', '|---|---|', ...aliases].join('\n'),
  ].join('\n\n');
}

function table(
  title: string,
  specs: readonly { readonly flags: string; readonly doc: string; readonly shown: string }[],
): string {
  const rows = specs.map(
    ({ flags, doc, shown }) => `| ${code(flags)} | ${code(shown)} | ${cell(doc)} | ${code(environmentName(flags))} |`,
  );
  return [`**${title}**`, '', '| option | default | what it does | environment |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function code(text: string): string {
  return text === '' ? '' : `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
