// What to type next: each command with its purpose, ready to copy from a terminal of the usual width.

import { columnsOf } from './plain.ts';

export const COLUMNS_USUAL = 80;
const BEGIN = 'Next: ';
const BETWEEN = '   ';

export type Step = readonly [command: string, what: string];

/**
 * One line per step. If one would be too long, each purpose goes below its command, and the command continues on the
 * next line as shells read it.
 */
export function nextLines(steps: readonly Step[]): string[] {
  const width = Math.max(...steps.map(([command]) => columnsOf(command)));
  const isTooLong = steps.some(([, what]) => BEGIN.length + width + BETWEEN.length + columnsOf(what) > COLUMNS_USUAL);
  const lines = steps.flatMap(([command, what]) => {
    if (isTooLong) return [...commandLines(command), BETWEEN + what];
    return [command + ' '.repeat(width - columnsOf(command)) + BETWEEN + what];
  });
  return lines.map((line, at) => (at === 0 ? BEGIN : ' '.repeat(BEGIN.length)) + line);
}

/**
 * The command in lines of the usual width behind an indentation of six columns. A quoted word stays whole, however long
 * it is, and an option stays with its value.
 */
export function commandLines(command: string): string[] {
  const words = command.match(/(?:--?[\w-]+ )?(?:\\.|[^\s'\\]|'[^']*')+/g) ?? [];
  const most = COLUMNS_USUAL - BEGIN.length - GOES_ON.length;
  const lines: string[] = [];
  for (const [at, word] of words.entries()) {
    const last = lines.at(-1);
    const room = at === words.length - 1 ? most + GOES_ON.length : most;
    if (last !== undefined && columnsOf(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines.map((line, at) => (at < lines.length - 1 ? line + GOES_ON : line));
}

const GOES_ON = ' \\';

/** Text in lines of the usual width; each line after the first begins with `indent`. A longer word stands alone. */
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
