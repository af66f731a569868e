// The table of hostile inputs as docs/reliability.md has it.

import { readFileSync, writeFileSync } from 'node:fs';
import type { HostileInput, Told } from './hostile-input.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- inputs: made by npm run hostile -- --write -->';
const END = '<!-- end of inputs -->';

export function inputsTable(inputs: readonly HostileInput[]): string {
  const rows = inputs.map(({ number, what, becomes, note }) => {
    const told = Object.values(becomes);
    const results = new Set([...told.map(wordsOf), ...(note === undefined ? [] : [note])]);
    const kept = new Set(told.map(keptOf));
    return `| ${number} | ${what} | ${[...results].join('; ')} | ${[...kept].join('; ')} |`;
  });
  return ['| input | what is sent | what becomes of it | in the archive |', '| ---: | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function wordsOf({ state, status, error, reason, truncated, why, detail }: Told): string {
  const words = [error ?? reason ?? why].filter((word) => word !== undefined).map((word) => ` \`${word}\``);
  if (status !== undefined) words.push(` ${status}`);
  if (truncated !== undefined) words.push(`, truncated \`${truncated}\``);
  if (detail !== undefined) words.push(`, told: ${detail}`);
  return `${state}${words.join('')}`;
}

function keptOf({ status, truncated, isKeptWhole }: Told): string {
  if (status === undefined) return 'nothing';
  return truncated === undefined || isKeptWhole ? 'as sent' : `\`WARC-Truncated: ${truncated}\``;
}

/** What stands in the document. */
export function documentedTable(): string {
  const page = readFileSync(PAGE, 'utf8');
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

export function documentTable(table: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const end = page.indexOf(END);
  writeFileSync(PAGE, `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${page.slice(end)}`);
}
