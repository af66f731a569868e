import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { createPrompt, type Prompt } from './prompt.ts';
import type { Shell } from './shell.ts';

/** A terminal; `type` is what a person does, and `screen` what is left on the last line. */
function terminal(): { readonly prompt: Prompt; readonly type: (keys: string) => void; readonly screen: () => string } {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  let shown = '';
  const err = new Writable({
    write(chunk, _, done) {
      shown += String(chunk);
      done();
    },
  });
  const prompt = createPrompt({ in: keys, err } as unknown as Shell);
  const screen = (): string => {
    const line = shown.split('\n').at(-1)!;
    // Column 1, and nothing from there on: what was written before is gone.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys.
    return (line.split('\x1b[1G\x1b[0J').at(-1) ?? '').replace(/\x1b\[\d*\w/g, '');
  };
  return { prompt, type: (text) => void keys.write(text), screen };
}

test('prompt: what is asked for stays on the screen, and what is secret is not shown', async () => {
  const { prompt, type, screen } = terminal();
  const name = prompt.ask('user', false);
  assert.equal(screen().trim(), 'user:');
  type('me\x7fé\r');
  assert.equal(await name, 'mé');
  const password = prompt.ask('password', true);
  assert.equal(screen().trim(), 'password:');
  type('sü:cret\x7f');
  await new Promise(setImmediate);
  assert.equal(screen().trim(), 'password:');
  type('t\r');
  assert.equal(await password, 'sü:cret');
  const last = prompt.ask('code', false);
  assert.equal(screen().trim(), 'code:');
  type('12\r');
  assert.equal(await last, '12');
  prompt[Symbol.dispose]();
});

test('prompt: nothing that a form says is obeyed by the terminal', async () => {
  const { prompt, type, screen } = terminal();
  const answer = prompt.ask('us\x1b[2Jer', false);
  assert.equal(screen().includes('\x1b'), false);
  assert.match(screen(), /^us.*er: *$/);
  type('x\r');
  assert.equal(await answer, 'x');
  prompt[Symbol.dispose]();
});
