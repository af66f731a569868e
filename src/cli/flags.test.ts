import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { ALIASES, environmentName, longFlag, OPTIONS } from '../options/options.ts';
import { ERRORS } from '../views/report/words.ts';
import { addOptions, optionsMarkdown } from './flags.ts';

function parse(...argv: string[]): { typed: readonly { name: string; as: string; text: string }[]; args: string[] } {
  const command = new Command('crawl').argument('[root...]').exitOverride();
  const typed = addOptions(command);
  command.parse(argv, { from: 'user' });
  return { typed, args: command.args };
}

test('addOptions: what was typed, in the order of typing', () => {
  const { typed, args } = parse(
    'a.example',
    '-c',
    '5',
    '--no-robots',
    '--max-tasks=7',
    'b.example',
    '--strict',
    '-H',
    'X: a, b',
    '-H',
    'Y: c',
  );
  assert.deepEqual(args, ['a.example', 'b.example']);
  assert.deepEqual(typed, [
    { name: 'concurrency', as: '--concurrency', text: '5' },
    { name: 'robots', as: '--no-robots', text: 'false' },
    { name: 'concurrency', as: '--max-tasks', text: '7' },
    { name: 'strict', as: '--strict', text: 'true' },
    { name: 'headers', as: '--header', text: 'X: a, b' },
    { name: 'headers', as: '--header', text: 'Y: c' },
  ]);
});

test('addOptions: every flag has an opposite, so that the command line can overrule the environment', () => {
  const { typed } = parse('--robots', '--no-insecure');
  assert.deepEqual(typed, [
    { name: 'robots', as: '--robots', text: 'true' },
    { name: 'insecure', as: '--no-insecure', text: 'false' },
  ]);
});

test('addOptions: a negative number is a value, to be refused by its range', () => {
  assert.deepEqual(parse('--depth', '-1').typed, [{ name: 'depth', as: '--depth', text: '-1' }]);
});

test('optionsMarkdown: every option with its environment name, every alias', () => {
  const markdown = optionsMarkdown();
  for (const { flags } of OPTIONS) {
    assert.ok(markdown.includes(longFlag(flags)));
    assert.ok(markdown.includes(`\`${environmentName(flags)}\``));
  }
  for (const { flags } of ALIASES) assert.ok(markdown.includes(flags));
  assert.match(markdown, /\| `--host-patience <time>` \| `1h` \|/);
  assert.match(markdown, /\| `--max-body <size>` \| `64MB` \|/);
  assert.match(markdown, /\| `--contact <url\\\|mail>` \|/);
});

test('the texts of errors send nobody to an option that is not there, nor past those that are', () => {
  const flags = new Set(OPTIONS.map((option) => longFlag(option.flags)));
  for (const [code, text] of Object.entries(ERRORS)) {
    for (const [flag] of text.matchAll(/--[a-z][\w-]*/g)) assert.ok(flags.has(flag), `${code}: ${flag}`);
    // Where a certificate or a version is not accepted, an option helps.
    if (/^tls-(?!timeout)/.test(code)) assert.match(text, /--/, code);
    assert.doesNotMatch(text, /[A-Z]+_[A-Z]+/, code);
  }
  assert.match(ERRORS['tls-unknown-issuer'], /--ca /);
});
