// One crawler told four times (examples/stages/): on the same site all four find the same pages, survive the same bad
// answers and count them alike.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { drawRuns } from '../../examples/stages/draw.ts';
import { kbEach, tableOf } from '../../examples/stages/figures.ts';
import type { Run } from '../../examples/stages/measure.ts';
import { runSeed } from '../helpers/random.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { makeLinks, pathOf } from '../helpers/site.ts';

const STAGES = ['1-threads', '2-callbacks', '3-generators', '4-async-queue'] as const;
const README = readFileSync(new URL('../../examples/stages/README.md', import.meta.url), 'utf8');
const PAGES = 120;
const CONNECTIONS = 6;

interface Sum {
  readonly pages: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly peak: number;
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runStage(stage: string, args: readonly string[]): Promise<Finished> {
  const file = fileURLToPath(new URL(`../../examples/stages/${stage}.ts`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The lines of the URLs, and what the last line says. */
function read({ code, stdout, stderr }: Finished): { lines: string[]; sum: Sum } {
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  const sum = JSON.parse(lines.pop()!) as Sum;
  return { lines, sum };
}

function respond(type: string, body: string, status = '200 OK', more = ''): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function page(paths: readonly string[]): string {
  return paths.map((path) => `<a href="${path}">${path}</a>\n`).join('');
}

/** The path that a request asks for. */
function pathIn(head: string): string {
  return head.split(' ')[1]!;
}

for (const stage of STAGES) {
  test(`${stage}: finds every page of a site, asks for each once, on as many connections as allowed`, async () => {
    const links = makeLinks(runSeed(stage), PAGES, 4);
    const bodies = new Map(links.map((own, number) => [pathOf(number), page(own.map(pathOf))]));
    await using server = await rawServer((_, head) =>
      respond('text/html; charset=utf-8', bodies.get(pathIn(head)) ?? ''),
    );
    const root = server.url.slice(0, -1);
    const { lines, sum } = read(await runStage(stage, ['-v', '-c', `${CONNECTIONS}`, server.url]));
    const found = lines.map((line) => line.split(' ').slice(0, 2).join(' '));
    assert.deepEqual(found.toSorted(), [...bodies.keys()].map((path) => `200 ${root}${path}`).toSorted());
    assert.deepEqual({ ...sum, peak: 0 }, { ...sum, pages: PAGES, statuses: { 200: PAGES }, failures: {}, peak: 0 });
    assert.equal(server.requests.length, PAGES);
    assert.ok(sum.peak <= CONNECTIONS, `${sum.peak} at once`);
    assert.ok(server.connections <= CONNECTIONS, `${server.connections} connections`);
  });
}

/** Answers that a crawl must survive, by path; null resets the connection. */
const BAD: Readonly<Record<string, string | null>> = {
  '/': respond(
    'text/html',
    page([
      ...[
        '/gone',
        '/picture',
        '/loop/a',
        '/self',
        '/chain/0',
        '/reset',
        '/junk',
        '/closing',
        '/chunked',
        '/busy',
        '/away',
      ],
      ...['http://127.0.0.2:1/elsewhere', 'mailto:someone@example.com', 'http://[broken', '/#top', '/?a=1&amp;b=2'],
    ]),
  ),
  '/gone': respond('text/html', page(['/not-a-page']), '404 Not Found'),
  '/picture': respond('image/svg+xml', page(['/not-a-page'])),
  '/loop/a': respond('text/html', '', '302 Found', 'Location: /loop/b\r\n'),
  '/loop/b': respond('text/html', '', '302 Found', 'Location: /loop/a\r\n'),
  '/self': respond('text/html', '', '301 Moved Permanently', 'Location: /self\r\n'),
  '/away': respond('text/html', '', '301 Moved Permanently', 'Location: http://127.0.0.2:1/elsewhere\r\n'),
  '/reset': null,
  '/junk': 'This is not HTTP at all.\r\n\r\n',
  '/closing': `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n${page(['/after-closing'])}`,
  '/after-closing': respond('text/html', ''),
  '/chunked':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n6\r\n<a hre\r\n9;x=y\r\nf=/last>.\r\n0\r\n\r\n',
  '/last': respond('text/html', ''),
  '/busy': respond('text/plain', 'later', '503 Service Unavailable'),
  '/?a=1&b=2': respond('text/html', ''),
  '/cut': 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/html\r\n\r\nonly so much',
};

function badAnswer(path: string): string | null {
  const step = /^\/chain\/(\d+)$/.exec(path)?.[1];
  if (step !== undefined) return respond('text/html', '', '302 Found', `Location: /chain/${Number(step) + 1}\r\n`);
  const answer = BAD[path];
  return answer === undefined ? respond('text/html', '', '500 Internal Server Error') : answer;
}

test('every stage: bad answers are counted, alike, and none is fatal', async () => {
  await using server = await rawServer((socket, head) => {
    const path = pathIn(head);
    const answer = badAnswer(path);
    if (answer === null) socket.resetAndDestroy();
    else if (path === '/closing' || path === '/cut') socket.end(answer, 'latin1');
    else return answer;
    return null;
  });
  const closed = await closedPort();
  for (const stage of STAGES) {
    const roots = [server.url, `${server.url}cut`, `http://127.0.0.1:${closed}/`];
    const { lines, sum } = read(await runStage(stage, ['-v', '-c', '3', ...roots]));
    const { pages, statuses, failures } = sum;
    assert.deepEqual(
      { pages, statuses, failures },
      {
        pages: 6,
        statuses: { 200: 7, 301: 2, 302: 12, 404: 1, 503: 1 },
        failures: { refused: 1, reset: 1, malformed: 1, cut: 1, redirects: 1 },
      },
      stage,
    );
    assert.equal(lines.length, 28, stage);
    assert.ok(lines.some((line) => line.startsWith(`redirects ${server.url}chain/10`)));
  }
});

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  await using server = await rawServer(() => null);
  return server.port;
}

/** By stage: what the trace of a failure deep inside names, from there up to where it was asked for. */
const TRACES: Readonly<Record<string, readonly string[]>> = {
  '1-threads': ['ResponseReader.push', 'readAll', 'ask', 'attempt', 'work'],
  '2-callbacks': ['ResponseReader.push', '#readable', 'Socket.emit'],
  '3-generators': ['ResponseReader.push', 'readAll', 'ask', 'fetch', '#step'],
  '4-async-queue': ['ResponseReader.push', 'async ask', 'async tryToAsk', 'async fetch', 'async work'],
};

/** The frames of a text, each with the line of the file that it stands in; of the chapter those of one stage. */
function framesIn(text: string, stage: string): string[] {
  const traces = text.split(/^Error: malformed$/m).filter((trace) => trace.includes(`${stage}.ts:`));
  const frames = [...(traces[0] ?? '').matchAll(/^ +at ((?:async )?\S+ \((?:file:.*\/)?[^\s()]+\))$/gm)];
  return frames.map(([, frame]) => frame!.replace(/file:.*\//, ''));
}

test('every stage: the trace of a failure tells who asked, but for the callbacks', async () => {
  await using server = await rawServer(() => 'This is not HTTP.\r\n\r\n');
  for (const stage of STAGES) {
    const { stderr } = await runStage(stage, ['--stacks', server.url]);
    let from = 0;
    for (const name of TRACES[stage]!) {
      const at = stderr.indexOf(`at ${name} (`, from);
      assert.ok(at >= from, `${stage}: ${name} in\n${stderr}`);
      from = at;
    }
    const shown = framesIn(README, stage);
    assert.ok(shown.length > 4, `the chapter shows the trace of ${stage}`);
    assert.deepEqual(
      shown,
      framesIn(stderr, stage).filter((frame) => shown.includes(frame)),
      'what the chapter shows',
    );
    const isLost = !/\b(fetch|ask|work) \(/.test(stderr);
    assert.equal(isLost, stage === '2-callbacks', stderr);
  }
});

const WRONG: readonly (readonly string[])[] = [
  [],
  ['-c', '0', 'http://127.0.0.1:1/'],
  ['-c', 'many', 'http://127.0.0.1:1/'],
  ['-c', '20001', 'http://127.0.0.1:1/'],
  ['--strange', 'http://127.0.0.1:1/'],
  ['http://example.com/'],
  ['https://127.0.0.1/'],
  ['127.0.0.1'],
];

for (const stage of STAGES) {
  test(`${stage}: wrong arguments end with how it is used and with 2`, async () => {
    await Promise.all(
      WRONG.map(async (args) => {
        const { code, stdout, stderr } = await runStage(stage, args);
        assert.equal(code, 2, args.join(' '));
        assert.equal(stdout, '');
        assert.match(stderr, /\nusage: node STAGE\.ts /);
      }),
    );
  });
}

test('npm run stages: a row for each stage and number of connections, and wrong arguments end with 2', async () => {
  const { code, stdout, stderr } = await runStage('run', ['--connections', '5,10', '--delay-ms', '20']);
  assert.equal(code, 0, stderr);
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, stage, connections, pages, peak]) => [stage, connections, pages, peak].join(' '));
  for (const stage of STAGES) {
    assert.ok(rows.includes(`${stage} 5 11 5`), stdout);
    assert.ok(rows.includes(`${stage} 10 21 10`), stdout);
  }
  for (const args of [
    ['--connections', '0'],
    ['--connections', '5,x'],
    ['--delay-ms', '-1'],
    ['--memory-gb', 'all'],
    ['more'],
  ]) {
    const wrong = await runStage('run', args);
    assert.equal(wrong.code, 2, args.join(' '));
    assert.match(wrong.stderr, /\nusage: npm run stages /);
  }
});

test('npm run stages: a stage that takes too much is killed, and that is said', async () => {
  const { code, stdout } = await runStage('run', ['--connections', '5,10', '--delay-ms', '20', '--memory-gb', '0.01']);
  assert.equal(code, 0);
  for (const stage of STAGES) {
    const rows = stdout.split('\n').filter((line) => line.startsWith(`| ${stage} `));
    assert.equal(rows.length, 1, 'once broken it is not tried with more');
    assert.match(rows[0]!, /killed at 0\.0 GB \|$/);
  }
});

test('tableOf, drawRuns: what one more costs, and a cross where a stage broke', () => {
  const made = {
    stage: 'x',
    pages: 9,
    connectionsMax: 100,
    wallMs: 6600,
    idealMs: 6000,
    threadsMax: 7,
    stoppedBy: null,
  };
  const runs: Run[] = [
    { ...made, connections: 100, rssMaxMb: 50 },
    { ...made, connections: 1100, rssMaxMb: 70 },
    { ...made, connections: 5100, rssMaxMb: 550, threadsMax: 507, stoppedBy: 'killed' },
    { ...made, stage: 'y', connections: 100, rssMaxMb: Number.NaN },
  ];
  assert.deepEqual(
    runs.map((run) => kbEach(run, runs)),
    [Number.NaN, 20.48, 1024, Number.NaN],
  );
  assert.match(tableOf(runs), /\| x +\| +1100 \| +9 \| +100 \| +6\.6 \| +6\.0 \| +1\.10 \| +70 \| +7 \| +20 \| +\|/);
  const image = drawRuns(runs);
  assert.equal(image.match(/l8 8m0 -8l-8 8/g)?.length, 1, 'where it broke, its memory is known and its time is not');
  assert.doesNotMatch(image, /NaN|undefined|Infinity/);
});
