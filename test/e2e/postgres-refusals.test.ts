// What a database may refuse: every command that takes --store says it in one sentence, without the password, and
// writes nothing.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { createLine } from '../../src/store/postgres/line.ts';
import { databasePlace } from '../../src/store/postgres/place.ts';
import { severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { serveOddSite } from '../helpers/odd-site.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../helpers/postgres.ts';

const newFolder = jobFolders('refusals');
const PAGES = 10;
const SECRET = 's3cret';

type Words = readonly string[];

/** The commands that read or change a job, in that folder and with that store. */
function commandsOf(folder: string, store: string, page: string): readonly Words[] {
  const commands = [
    ['status', folder],
    ['why', page, folder],
    ['report', folder],
    ['export', 'jsonl', folder],
    ['verify', folder],
    ['retry', folder, '--status', '404'],
    ['remove', page, folder],
    ['work', '-o', folder],
  ];
  return [
    ...commands.map((words) => [...words, '--store', store]),
    ['move', folder, '--store', 'sqlite:', '--from', store],
  ];
}

type Refusal = readonly [code: number, says: RegExp, commands: readonly Words[]];

/** Runs the commands; each must end with that code, one line and no secret. */
async function refused(...refusals: readonly Refusal[]): Promise<void> {
  const all = refusals.flatMap(([code, says, commands]) => commands.map((words) => ({ code, says, words })));
  const environment = { DATABASE_URL: '', GOSSAMER_STORE: '' };
  const { stderr, stdout } = await severally(
    all.map(({ words }) => words),
    environment,
  );
  const told = stderr.trim().split(/^= \w+ (\d+)\n?/m);
  for (const [at, { code, says, words }] of all.entries()) {
    const [text, ended] = told.slice(2 * at, 2 * at + 2) as [string, string];
    assert.equal(Number(ended), code, `${words.join(' ')}\n${text}`);
    assert.match(text, says, words.join(' '));
    assert.equal(text.trim().split('\n').length, 1, text);
  }
  assert.ok(!`${stderr}${stdout}`.includes(SECRET), stderr);
}

if (NO_POSTGRES !== false) {
  test('postgres: what is refused', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  await tests(database);
}

async function tests({ url, urlOf }: TestDatabase): Promise<void> {
  const as = (user: string): string => urlOf(`${user}:${SECRET}`);
  const asking = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    const line = createLine(databasePlace(url, 'x'));
    const { rows } = await line.ask(sql);
    await line.close();
    return rows;
  };
  const schemas = (): Promise<readonly (readonly unknown[])[]> =>
    asking("SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY 1");

  await asking("CREATE ROLE guarded LOGIN PASSWORD 'another'; CREATE ROLE weak LOGIN");

  test('postgres: each command refuses what cannot be, in one sentence that names it', async () => {
    const [folder, newer] = [newFolder(), newFolder()];
    await using site = await serveOddSite(PAGES);
    const crawled = await startGossamer(['crawl', site.root, '-o', newer, '-q', '--store', url]).finished;
    assert.equal(crawled.code, 0, crawled.stderr);
    await asking(`UPDATE "gossamer:${basename(newer)}".version SET steps = 99`);
    const before = await schemas();
    const given = (store: string, job = folder): readonly Words[] => commandsOf(job, store, site.root);
    await refused(
      [2, /refused the user or the password/, given(as('guarded'))],
      [2, /asks for a password: give it in PGPASSWORD/, given(urlOf('guarded')).slice(0, 1)],
      [2, /does not support SSL/, given(`${as('gossamer')}&sslmode=require`).slice(0, 1)],
      [2, /there is no such database/, given(as('gossamer').replace('/postgres?', '/nowhere?'))],
      [3, /could not be reached: connect ECONNREFUSED/, given(`postgres://somebody:${SECRET}@127.0.0.1:1/db`)],
      [2, /There is no job (?:in \/tmp|").*: the database has no job of that name/, given(as('gossamer'))],
      [2, /made by a newer gossamer \(version 99/, given(as('gossamer'), newer)],
      [2, /is not sqlite:, memory: or postgres/, given(`mysql://somebody:${SECRET}@h/db`)],
      [2, /not a URL|is not sqlite:/, given(`postgres://somebody:${SECRET}@h:port/db`)],
    );
    assert.deepEqual(await schemas(), before);
    assert.ok(!existsSync(folder), 'nothing was made');
  });

  test('postgres: a server older than 15 and a role that may create nothing are refused', async () => {
    const folder = newFolder();
    const sockets = new URL(url).searchParams.get('host')!;
    const server = createServer((socket) => socket.on('data', (bytes) => socket.write(oldAnswer(bytes as Buffer))));
    await new Promise<void>((resolve) => server.listen(join(sockets, '.s.PGSQL.5440'), resolve));
    server.unref();
    await using site = await serveOddSite(PAGES);
    const crawling = (store: string): Words => ['crawl', site.root, '-o', folder, '--store', store];
    const old = `${as('gossamer')}&port=5440`;
    await refused(
      [
        2,
        /is PostgreSQL 14, and 15 is the oldest that will do/,
        [crawling(old), ...commandsOf(folder, old, site.root)],
      ],
      [2, /may create no schema there/, [crawling(as('weak'))]],
    );
    assert.ok(!existsSync(folder), 'nothing was made');
    server.close();
  });

  test('postgres: a move to what cannot be is refused, and the job stays where it was', async () => {
    await using site = await serveOddSite(PAGES);
    const [folder, other] = [newFolder(), join(newFolder(), 'x')];
    const here = await startGossamer(['crawl', site.root, '-o', folder, '-q']).finished;
    assert.equal(here.code, 0, here.stderr);
    const moving = (store: string, job = folder): readonly Words[] => [['move', job, '--store', store]];
    await refused(
      [2, /refused the user or the password/, moving(as('guarded'))],
      [2, /may create no schema there/, moving(as('weak'))],
      [3, /could not be reached/, moving(`postgres://somebody:${SECRET}@127.0.0.1:1/db`)],
      [2, /--from: give the database that has the job/, moving('sqlite:')],
      [2, /give the database to which the job is moved/, moving('memory:')],
      [2, /There is no job in/, moving(as('gossamer'), other)],
      [2, /moved to where it is/, [['move', folder, '--store', 'sqlite:', '--from', 'sqlite:']]],
      [2, /give the database to which the job is moved/, [['move', folder]]],
    );
    const status = await startGossamer(['status', folder, '--json']).finished;
    assert.equal(JSON.parse(status.stdout).state, 'finished');
  });

  test('postgres: every command takes the address from DATABASE_URL', async () => {
    const folder = newFolder();
    await using site = await serveOddSite(PAGES);
    const environment = { DATABASE_URL: url, GOSSAMER_STORE: '' };
    const commands: readonly Words[] = [
      ['crawl', site.root, '-o', folder],
      ...commandsOf(folder, 'postgres:', `${site.root}1`).slice(0, -1),
      ['move', folder, '--store', 'sqlite:'],
      ['move', folder, '--store', 'postgres:'],
    ];
    const { stderr } = await severally(
      commands.map((words) => (words[0] === 'crawl' ? [...words, '--store', 'postgres:'] : words)),
      environment,
    );
    const codes = [...stderr.matchAll(/^= (\w+) (\d+)$/gm)].map(([, name, code]) => `${name} ${code}`);
    assert.deepEqual(
      codes,
      commands.map(([name]) => `${name} 0`),
      stderr,
    );
  });
}

/** What a server of version 14 answers to the first message of a connection, and to the question for its version. */
function oldAnswer(bytes: Buffer): Buffer {
  const ready = message('Z', Buffer.from('I'));
  if (bytes[0] === 0) return Buffer.concat([message('R', Buffer.alloc(4)), ready]);
  const name = Buffer.from('version\0');
  const column = Buffer.concat([
    Buffer.from([0, 1]),
    name,
    Buffer.alloc(6),
    Buffer.from([0, 0, 0, 25, 255, 255]),
    Buffer.alloc(6),
  ]);
  const value = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 6]), Buffer.from('140011')]);
  return Buffer.concat([message('T', column), message('D', value), message('C', Buffer.from('SHOW\0')), ready]);
}

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
