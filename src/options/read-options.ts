// The options of a command line and of its environment: each text is read by its kind, and then all are checked at
// once.

import { UsageError } from '../base/errors.ts';
import type { CrawlChoices, CrawlInput, CrawlOptions, OptionName } from './crawl-options.ts';
import { withOpposites } from './opposites.ts';
import {
  ALIASES,
  environmentName,
  isTurnedOff,
  longFlag,
  OPTIONS,
  type OptionSpec,
  resolveOptions,
} from './options.ts';
import { withProxies } from './proxy-variables.ts';
import { shown } from './shown.ts';
import { addressOf } from './store-address.ts';
import { expectationOf, type Kind, type OptionValue, readText } from './values.ts';

/**
 * One option as typed: `as` is `--max-tries` or `GOSSAMER_DELAY`. A flag without a value has the text 'true' or
 * 'false'.
 */
export interface Typed {
  readonly name: OptionName;
  readonly as: string;
  readonly text: string;
}

/**
 * The options of a command line, its environment and its configuration. A later value replaces an earlier one; lists
 * grow. The command line wins over the environment, and both win over `configured`.
 * @throws UsageError that names the option as typed.
 */
export function readOptions(
  roots: CrawlInput['roots'],
  typed: readonly Typed[],
  environment: Readonly<Record<string, string | undefined>>,
  configured: CrawlChoices = {},
): CrawlOptions {
  const input: Record<string, unknown> = { ...configured, roots };
  for (const spec of OPTIONS) {
    const own = typed.filter(({ name }) => name === spec.name);
    let given: OptionValue | undefined;
    for (const each of own.length > 0 ? own : fromEnvironment(spec, environment)) {
      const value = meaning(spec, each);
      given = Array.isArray(value) && Array.isArray(given) ? [...given, ...value] : value;
    }
    if (given !== undefined) input[spec.name] = given;
  }
  const whole = withProxies(withOpposites(input, typed), environment);
  const options = resolveOptions(whole as unknown as CrawlInput);
  return { ...options, store: addressOf(options.store, environment) };
}

/**
 * Where a command finds a job: `typed` is its --store, which wins over GOSSAMER_STORE.
 * @throws UsageError that does not show the value, which may contain a password.
 */
export function storeFor(
  typed: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const spec = OPTIONS.find(({ name }) => name === 'store')!;
  const own = typed === undefined ? [] : [{ name: spec.name, as: '--store', text: typed }];
  const [given] = own.length > 0 ? own : fromEnvironment(spec, environment);
  return addressOf(given === undefined ? null : (meaning(spec, given) as string), environment);
}

function meaning(spec: OptionSpec, { as, text: given }: Typed): OptionValue {
  const alias = ALIASES.find(({ flags }) => longFlag(flags) === as);
  const kind = alias?.kind ?? spec.kind;
  if (readText(kind, given) === undefined) throw misfit(as, given, kind);
  return readText(spec.kind, alias === undefined ? given : alias.translate(given))!;
}

// The environment has a list as one entry per line. `GOSSAMER_NO_ROBOTS=1` means `--no-robots`.
function fromEnvironment(spec: OptionSpec, environment: Readonly<Record<string, string | undefined>>): Typed[] {
  const as = environmentName(spec.flags);
  const given = environment[as];
  if (given === undefined || given === '') return [];
  if (Array.isArray(spec.default))
    return given
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ name: spec.name, as, text: line }));
  if (!isTurnedOff(spec)) return [{ name: spec.name, as, text: given }];
  const said = readText(spec.kind, given);
  if (said === undefined) throw misfit(as, given, spec.kind);
  return [{ name: spec.name, as, text: String(!said) }];
}

function misfit(as: string, text: string, kind: Kind): UsageError {
  return new UsageError(`${as}: ${shown(text)} is not ${expectationOf(kind, text)}.`);
}
