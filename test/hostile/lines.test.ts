// What lines of a stranger may cost the commands that read lines, asked of the real commands.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { watchedIn, watching } from './watched-run.ts';

const MB = 1024 * 1024;
const PEAK_BYTES_MAX = 300 * MB;
const STALL_MS_MAX = 50;
const home = mkdtempSync(join(tmpdir(), 'gossamer-lines-'));
after(() => rmSync(home, { recursive: true, force: true }));

const filled = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));
const LONG = filled('x', 140 * MB);
/** The longest texts that a line may have. */
const TEXT = 4 * MB - 200;
const RULES = filled('Disallow: /*a*b$\\n', TEXT - 100);

/** By name: the command, its input, and its first answer or sentence. */
const CASES: Readonly<Record<string, readonly [words: readonly string[], input: string, told: RegExp]>> = {
  'a line of 140 MB': [['key', '--batch'], `{"url":"http://h/${LONG}"}\n`, /Line 1 has more than 4194304 characters/],
  'a line of 140 MB without an end': [['links', '--batch'], LONG, /Line 1 has more than 4194304 characters/],
  'a line of 140 MB for fetch': [['fetch', '--batch'], `{}\n${LONG}\n`, /Line 2 has more than 4194304 characters/],
  'a URL of 4 MB': [['key', '--batch'], `{"url":"http://h/${filled('x', TEXT)}"}`, /url: \d+ characters are no URL/],
  'lists in lists': [
    ['key', '--batch'],
    `{"url":${'['.repeat(TEXT)}`,
    /more than 65536 characters outside of its texts/,
  ],
  'two hundred thousand empty lines': [['key', '--batch'], '\n'.repeat(200_000), /The line is not JSON/],
  'scopes by the thousand': [
    ['key', '--batch'],
    filled('{"url":"http://h/","root":"http://h/"}\n', MB),
    /"inScope":true/,
  ],
  'links by the thousand': [
    ['links', '--batch'],
    `{"base":"http://h/","html":"${filled('<a href=b>', TEXT)}"}`,
    /"http:..h.b"/,
  ],
  'escapes by the million': [['links', '--batch'], `{"html":"${filled('\\"', TEXT)}"}`, /"links":\[\]/],
  'rules by the thousand': [
    ['robots', '--batch'],
    `{"url":"http://h/a","robots":"User-agent: *\\n${RULES}"}`,
    /"allowed":true/,
  ],
  'a root of 140 MB': [
    ['crawl', '--dry-run', '-i', '-'],
    `http://h/\nhttp://h/${LONG}\n`,
    /stdin, line 2: This line has more than 65536 characters, and no URL is so long/,
  ],
  'a root of 10 KB': [
    ['crawl', '--dry-run', '-i', '-'],
    `http://h/${filled('x', 10_000)}\n`,
    /stdin, line 1: A URL of 10009 characters is too long to begin at: 8192 are the most/,
  ],
  'three hundred thousand lines that are no URLs': [
    ['crawl', '--dry-run', '-i', '-'],
    'http://\n'.repeat(300_000),
    /300000 of 300000 roots are not URLs to begin at:.+stdin, line 100: [^\n]+\n {2}and 299900 more/s,
  ],
  'lines that look like a thousand passwords each': [
    ['crawl', '--dry-run', '-i', '-'],
    `${'://'.repeat(20_000)} y\n`.repeat(50),
    /stdin, line 50: /,
  ],
};

for (const [name, [words, input, told]] of Object.entries(CASES)) {
  const skip = platform() !== 'linux' && 'the peak is read from /proc';
  test(`${words.join(' ')}: ${name} cost no more memory and time than there is`, { skip }, async () => {
    const job = join(home, name.replaceAll(' ', '-'));
    const { stdout, stderr } = await gossamer(words, watching(job), input);
    assert.match(stdout.length > 1_000 ? stdout.slice(0, 1_000) : stdout + stderr, told);
    const { peakBytes, stallMs } = watchedIn(job);
    assert.ok(peakBytes <= PEAK_BYTES_MAX, `${Math.round(peakBytes / MB)} MB`);
    assert.ok(stallMs <= STALL_MS_MAX, `${stallMs} ms`);
  });
}
