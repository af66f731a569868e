// What to type next: each command with what it is for, so that it can be copied from a terminal of the usual width.

import { columnsOf } from './plain.ts';

export const COLUMNS_USUAL = 80;
const BEGIN = 'Next: ';
const BETWEEN = '   ';

export type Step = readonly [command: string, what: string];

/** A line a step; where one would be too long, what each is for stands below it. A command is never broken. */
export function nextLines(steps: readonly Step[]): string[] {
  const width = Math.max(...steps.map(([command]) => columnsOf(command)));
  const isTooLong = steps.some(([, what]) => BEGIN.length + width + BETWEEN.length + columnsOf(what) > COLUMNS_USUAL);
  return steps.flatMap(([command, what], at) => {
    const begin = at === 0 ? BEGIN : ' '.repeat(BEGIN.length);
    if (isTooLong) return [begin + command, ' '.repeat(BEGIN.length) + BETWEEN + what];
    return [begin + command + ' '.repeat(width - columnsOf(command)) + BETWEEN + what];
  });
}

/** Prose in lines of the usual width; those after the first begin with `indent`. A word that is longer stands alone. */
export function folded(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) /)) {
    const longer = line === '' ? (lines.length === 0 ? word : indent + word) : `${line} ${word}`;
    if (line === '' || columnsOf(longer) <= COLUMNS_USUAL) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}
