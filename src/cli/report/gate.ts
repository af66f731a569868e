// Conditions under which a crawl that finished still fails: `--fail-on` and `--accept`, for the commands that take
// them.

import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { showCountOf } from '../../base/figures.ts';
import { PROGRAM } from '../../base/program.ts';
import { environmentName } from '../../options/options.ts';
import { acceptedOf } from '../../views/report/accepted.ts';
import { type Condition, conditionsOf, isCondition, type Verdict } from '../../views/report/quality-gate.ts';
import { ACCEPT, FAIL_ON } from '../flags.ts';
import { quoted, type Shell, tell } from '../shell.ts';

const URLS_SHOWN_MAX = 20;

export interface QualityGate {
  readonly conditions: readonly Condition[];
  readonly accepted: readonly string[];
}

/**
 * Adds `--fail-on` and `--accept` to the command. Their values are read, and refused, when the result is called. It
 * takes the arguments of the command: a value after a space would be one of them.
 */
export function addGate(command: Command, shell: Shell): (others: readonly string[]) => QualityGate {
  const failOn = addRepeated(command, shell, FAIL_ON);
  const accept = addRepeated(command, shell, ACCEPT);
  return (others) => {
    const values = [...failOn(), ...accept()];
    const stray = values.length === 0 ? undefined : others.find((word) => isCondition(word.toLowerCase()));
    if (stray !== undefined)
      throw new UsageError(
        `${JSON.stringify(stray)} stands alone: write several values with commas, as in ${values.at(-1)},${stray}.`,
      );
    return { conditions: conditionsOf(failOn()), accepted: acceptedOf(accept()) };
  };
}

/** All values that were typed or, without any, the value in the environment. */
function addRepeated(command: Command, shell: Shell, { flags, doc }: typeof FAIL_ON): () => readonly string[] {
  const typed: string[] = [];
  const option = new Option(flags, doc).helpGroup('Gate:');
  command.addOption(option);
  command.on(`option:${option.name()}`, (text: string) => void typed.push(text));
  const environment = shell.environment[environmentName(flags)] ?? '';
  return () => (typed.length > 0 || environment === '' ? typed : [environment]);
}

/** Prints the conditions that were met in one sentence, and their URLs below it. */
export function tellVerdict({ failed }: Verdict, folder: string, shell: Shell): void {
  if (failed.length === 0) return;
  const what = failed.map(({ condition, total }) => `${condition} (${showCountOf(total, 'URL')})`).join(', ');
  tell(shell.err, `gossamer: --fail-on: ${what}.`);
  const told = new Map(failed.flatMap(({ urls }) => urls).map(({ url, why }) => [url, why]));
  for (const [url, why] of [...told].slice(0, URLS_SHOWN_MAX)) tell(shell.err, `  ${why}  ${url}`);
  const isAll = told.size <= URLS_SHOWN_MAX && failed.every(({ urls, total }) => urls.length === total);
  if (!isAll) tell(shell.err, `  and more: ${PROGRAM} report ${quoted(folder)}`);
}
