import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { Command } from 'commander';
import { ended, FREE, found, IDENTITY, NOW, RESPONSE, settle } from '../../../test/contract/store-samples.ts';
import { systemClock } from '../../base/clock.ts';
import { openStore } from '../../store/sqlite/store.ts';
import type { Shell } from '../shell.ts';
import { addExport } from './export.ts';

const job = mkdtempSync(join(tmpdir(), 'gossamer-export-'));
after(() => rmSync(job, { recursive: true }));

const TITLE = 'a\x1b]0;owned\x07\x9b31m\x7f\u202egnp\u200f\u2066.exe\u2028ü👍';
/** What a terminal obeys; of lines their ends. */
const OBEYED = /[^\P{Cc}\r\n]|[\p{Bidi_Control}\u2028\u2029]/u;

const store = await openStore(join(job, 'gossamer.db'), { identity: IDENTITY, now: NOW });
await store.frontier.add([found('http://a.test/')]);
const [lease] = await store.frontier.lease(1, NOW, FREE);
await settle(store.frontier, ended(lease!, { response: { ...RESPONSE, title: TITLE } }));
await store.frontier.close();

async function exported(format: string, isTTY: boolean): Promise<string> {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const err = new Writable({ write: (_chunk, _encoding, done) => done() });
  const shell: Shell = {
    in: process.stdin,
    out: Object.assign(out, { isTTY }),
    err,
    environment: {},
    clock: systemClock,
  };
  const program = new Command();
  addExport(program.command('export'), shell, () => {});
  await program.parseAsync(['export', format, job], { from: 'user' });
  return text;
}

test('export: nothing that a terminal obeys comes to one, and JSON is the same to its reader', async () => {
  for (const isTTY of [true, false]) {
    const jsonl = await exported('jsonl', isTTY);
    assert.doesNotMatch(jsonl, OBEYED);
    assert.equal(JSON.parse(jsonl).title, TITLE);
  }
  assert.doesNotMatch(await exported('csv', true), OBEYED);
  assert.ok((await exported('csv', false)).includes('\u202egnp'));
});
