// npm run hostile: sites of which every second answer is hostile, against the good half alone. With `-- --write` the
// table of the hostile inputs goes into docs/reliability.md.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HALF_MS, halfHostile } from './half-hostile.ts';
import { HOSTILE_INPUTS } from './inputs/all.ts';
import { documentTable, inputsTable } from './inputs-table.ts';
import { runInputs } from './run-inputs.ts';

/** So many that the good half alone takes ten seconds: a page that is silent costs seconds, whatever the rest. */
const SITES = 2;
const PAGES = 1_200;
const TIMES_MAX = 2;
const FINDINGS_SHOWN_MAX = 20;
const MB = 1024 * 1024;

async function measure(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-half-'));
  try {
    const of = (isHostile: boolean) =>
      runInputs(halfHostile(SITES, PAGES, isHostile), join(home, String(isHostile)), () => ({}));
    const alone = await of(false);
    const mixed = await of(true);
    const times = mixed.elapsedMs / alone.elapsedMs;
    console.log(
      `${SITES} sites of ${PAGES} good pages of ${HALF_MS} ms each: ${(alone.elapsedMs / 1000).toFixed(1)} s`,
    );
    console.log(
      `with as many hostile ones: ${(mixed.elapsedMs / 1000).toFixed(1)} s, ${times.toFixed(2)} times as long, ` +
        `${Math.round(mixed.peakBytes / MB)} MB, longest stall ${mixed.stallMs.toFixed(0)} ms`,
    );
    for (const finding of [...alone.findings, ...mixed.findings].slice(0, FINDINGS_SHOWN_MAX)) console.log(finding);
    process.exitCode = alone.findings.length + mixed.findings.length === 0 && times <= TIMES_MAX ? 0 : 1;
  } finally {
    rmSync(home, { recursive: true });
  }
}

if (process.argv.includes('--write')) documentTable(inputsTable(HOSTILE_INPUTS));
else await measure();
