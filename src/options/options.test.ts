import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../base/errors.ts';
import { ALIASES, environmentName, longFlag, OPTIONS, resolveOptions } from './options.ts';
import { readOptions, storeFor, type Typed } from './read-options.ts';

const ROOT = 'https://example.com/';

function typed(as: string, text: string): Typed {
  const name = [...OPTIONS, ...ALIASES].find(({ flags }) => longFlag(flags) === as)?.name;
  assert.ok(name !== undefined, `${as} is in the table`);
  return { name, as, text };
}

function read(...given: Typed[]) {
  return readOptions([ROOT], given, {});
}

/** The message must name every part. */
function refuses(act: () => unknown, ...parts: string[]): void {
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    for (const part of parts) assert.ok(error.message.includes(part), `"${error.message}" names ${part}`);
    assert.ok(!error.message.includes('\n'));
    return true;
  });
}

test('resolveOptions: the defaults', () => {
  assert.deepEqual(resolveOptions({ roots: 'example.com' }), {
    roots: [ROOT],
    scope: 'host',
    strict: false,
    include: [],
    exclude: [],
    depth: null,
    pageRequisites: false,
    keepParameters: false,
    sitemaps: true,
    concurrency: 100,
    hostConcurrency: 16,
    delayMs: 0,
    adapt: true,
    robots: true,
    robotsForbiddenDenies: false,
    followNofollow: false,
    hostPatienceMs: 3_600_000,
    limit: null,
    traps: true,
    timeLimitMs: null,
    sizeLimitBytes: null,
    hostLimit: null,
    bodyBytesMax: 67_108_864,
    redirectsMax: 10,
    responseMsMax: 3_600_000,
    retries: 3,
    timeoutMs: 30_000,
    minRateBytesPerSecond: 100,
    ...{ userAgent: null, contact: null, referer: null, hosts: null, signKey: null, signAgent: null },
    cookies: true,
    cookieFile: null,
    saveCookies: null,
    headers: [],
    secretHeaders: [],
    ...{ auth: [], digest: false, netrc: false, netrcFile: null, loggedIn: null },
    insecure: false,
    http2: true,
    ...{ ca: null, cert: null, key: null, keyPassphrase: null, minTls: null, aia: false },
    ...{ proxy: [], proxyFile: null, noProxy: null, proxyInsecure: false, proxyCa: null, proxyDigest: false },
    ...{ resolve: [], localAddress: null, ipv4: false, ipv6: false, unixSocket: null, rateLimit: [] },
    allowPrivate: false,
    allowedPorts: [],
    output: null,
    fresh: false,
    store: null,
    databasePatienceMs: 600_000,
    job: null,
    worker: null,
    leaseMs: 10_000,
    archive: true,
    archivePlace: null,
    archiveSpoolBytes: 8 * 1024 ** 3,
    archivePatienceMs: 120_000,
    warcCompression: 'gzip',
    warcLevel: 3,
    archiveCredentials: false,
    archiveMetadata: false,
    revisitsOf: null,
    index: false,
    logLevel: 'info',
  });
});

test('resolveOptions: a caller gives names with their units, and undefined means the default', () => {
  const options = resolveOptions({
    roots: [ROOT],
    delayMs: 250,
    timeoutMs: 1,
    depth: null,
    limit: undefined,
    headers: ['X', 'y'],
  });
  assert.equal(options.delayMs, 250);
  assert.equal(options.timeoutMs, 1);
  assert.equal(options.limit, null);
  assert.deepEqual(options.headers, ['X', 'y']);
});

test('resolveOptions: an unknown name or a value that cannot be is named', () => {
  refuses(() => resolveOptions({ roots: ROOT, concurency: 3 } as never), 'concurency');
  refuses(() => resolveOptions({ roots: ROOT, concurrency: 0 }), 'concurrency', '0', '20000');
  refuses(() => resolveOptions({ roots: ROOT, concurrency: 1.5 }), 'concurrency', '1.5');
  refuses(() => resolveOptions({ roots: ROOT, concurrency: null as never }), 'concurrency', 'null');
  refuses(() => resolveOptions({ roots: ROOT, timeoutMs: '30s' as never }), 'timeoutMs', '30s');
  refuses(() => resolveOptions({ roots: ROOT, headers: ['X'] }), 'headers', 'X');
  refuses(() => resolveOptions({ roots: ROOT, headers: ['X', 'a\r\nY: b'] }), 'headers');
  refuses(() => resolveOptions({ roots: ROOT, secretHeaders: ['X-Api-Key: 1'] }), 'secretHeaders', 'X-Api-Key: 1');
  refuses(() => resolveOptions({ roots: ROOT, strict: true, scope: 'site' }), 'strict', 'site');
  refuses(() => resolveOptions({ roots: [] }), 'no root');
  refuses(() => resolveOptions({} as never), 'no root');
});

test('readOptions: each bad value names its option as it was typed', () => {
  const bad: [as: string, text: string][] = [
    ['--scope', 'planet'],
    ['--include', '('],
    ['--exclude', '*'],
    ['--depth', '-1'],
    ['--depth', 'two'],
    ['--concurrency', '0'],
    ['--concurrency', '20001'],
    ['--concurrency', '1e3'],
    ['--concurrency', ''],
    ['--host-concurrency', 'many'],
    ['--delay', 'soon'],
    ['--delay', '-5'],
    ['--host-patience', '366d'],
    ['--limit', '0'],
    ['--limit', '9007199254740993'],
    ['--time-limit', '0s'],
    ['--time-limit', '10x'],
    ['--size-limit', '5XB'],
    ['--size-limit', '0'],
    ['--max-body', '64 megapixels'],
    ['--max-redirects', '101'],
    ['--max-redirect', '101'],
    ['--max-tasks', '0'],
    ['--max-tries', '0'],
    ['--retries', '1.5'],
    ['--timeout', '0'],
    ['--delay', '1.5'],
    ['--min-rate', '100/m'],
    ['--output', '  '],
    ['--user-agent', 'a\nb'],
    ['--user-agent', ''],
    ['--contact', 'me'],
    ['--contact', 'https://a)b'],
    ['--header', 'no colon'],
    ['--header', ': empty'],
    ['--header', 'X: a\r\nY: b'],
    ['--header', 'Transfer-Encoding: chunked'],
    ['--auth', 'user'],
    ['--allow-port', '0'],
    ['--allow-port', '70000'],
    ['--store', 'mysql://x'],
    ['--output', ''],
  ];
  for (const [as, text] of bad) refuses(() => read(typed(as, text)), `${as}: ${JSON.stringify(text)}`);
});

test('readOptions: the address of a database is given, or taken from DATABASE_URL, and a wrong one is not shown', () => {
  const environment = { DATABASE_URL: 'postgres://u@h/d' };
  assert.equal(readOptions('a.test', [typed('--store', 'postgres:')], environment).store, 'postgres://u@h/d');
  assert.equal(readOptions('a.test', [typed('--store', 'postgres://x/y')], environment).store, 'postgres://x/y');
  assert.equal(readOptions('a.test', [], environment).store, null);
  assert.throws(() => readOptions('a.test', [typed('--store', 'postgres:')], {}), /DATABASE_URL, which is not set/);
  assert.throws(
    () => readOptions('a.test', [typed('--store', 'pg://u:s3cret@h/d')], {}),
    /"pg:\/\/\*\*\*@h\/d" is not/,
  );
  assert.equal(storeFor(undefined, { GOSSAMER_STORE: 'postgres://x/y' }), 'postgres://x/y');
  assert.equal(storeFor('sqlite:', { GOSSAMER_STORE: 'postgres://x/y' }), 'sqlite:');
  assert.equal(storeFor(undefined, {}), null);
});

test('readOptions: durations, sizes and counts', () => {
  const options = read(
    typed('--timeout', '1500ms'),
    typed('--time-limit', '1.5h'),
    typed('--host-patience', '90'),
    typed('--delay', '250'),
    typed('--max-body', '64'),
    typed('--size-limit', '5GB'),
    typed('--depth', '0'),
  );
  assert.equal(options.timeoutMs, 1500);
  assert.equal(options.timeLimitMs, 5_400_000);
  assert.equal(options.hostPatienceMs, 90_000);
  assert.equal(options.delayMs, 250);
  assert.equal(options.bodyBytesMax, 64);
  assert.equal(options.sizeLimitBytes, 5 * 1024 ** 3);
  assert.equal(options.depth, 0);
  assert.equal(read(typed('--delay', '2s')).delayMs, 2000);
});

test('resolveOptions: an unknown name is told with the one that was probably meant', () => {
  const table: readonly [given: string, meant: string | null][] = [
    ['concurency', 'concurrency'],
    ['dept', 'depth'],
    ['timeout', 'timeoutMs'],
    ['maxBody', 'bodyBytesMax'],
    ['max-redirects', 'redirectsMax'],
    ['user_agent', 'userAgent'],
    ['maxTasks', 'concurrency'],
    ['allowPort', 'allowedPorts'],
    ['noRobots', 'robots'],
    ['cachet', null],
    ['x', null],
  ];
  for (const [given, meant] of table) {
    const message = `${given} is not an option${meant === null ? '.' : `: did you mean ${meant}?`}`;
    assert.throws(() => resolveOptions({ roots: ROOT, [given]: 1 } as never), { code: 'usage', message });
  }
});

test('resolveOptions: a value of a wrong type is told what the value should be, units included', () => {
  const table: readonly [options: object, parts: readonly string[]][] = [
    [{ timeoutMs: '30s' }, ['timeoutMs: "30s"', 'a whole number from 1 to 86400000 (milliseconds)']],
    [{ bodyBytesMax: '64MB' }, ['"64MB"', '(bytes)']],
    [{ depth: '2' }, ['depth: "2"', 'a whole number from 0']],
    [{ robots: 'no' }, ['robots: "no"', 'true or false']],
    [{ headers: { Cookie: 'a' } }, ['headers', 'a list of name, value']],
    [{ include: [7] }, ['include: [7]', 'a RegExp or a text']],
    [{ include: ['('] }, ['include: ["("]', 'missing closing )']],
    [{ allowedPorts: 8080 }, ['allowedPorts: 8080', 'a list of ports']],
    [{ userAgent: () => 'x' }, ['userAgent: a function']],
    [{ limit: 10n }, ['limit: 10n']],
  ];
  for (const [options, parts] of table) refuses(() => resolveOptions({ roots: ROOT, ...options } as never), ...parts);
});

test('readOptions: lists grow and the last of the others wins, whatever name it was given', () => {
  const options = read(
    typed('--include', 'a{1,3}'),
    typed('--include', 'b'),
    typed('--header', 'X-A: 1'),
    typed('--header', 'X-B:2'),
    typed('--allow-port', '8081'),
    typed('--allow-port', '8082'),
    typed('--concurrency', '5'),
    typed('--max-tasks', '7'),
    typed('--max-tries', '1'),
    typed('--max-redirect', '0'),
    typed('--lenient', 'true'),
  );
  assert.deepEqual(options.include, ['a{1,3}', 'b']);
  assert.deepEqual(options.headers, ['X-A', '1', 'X-B', '2']);
  assert.deepEqual(options.allowedPorts, [8081, 8082]);
  assert.equal(options.concurrency, 7);
  assert.equal(options.retries, 0);
  assert.equal(options.redirectsMax, 0);
  assert.equal(options.scope, 'site');
});

test('readOptions: the command line beats the environment, which beats the default', () => {
  const environment = {
    GOSSAMER_CONCURRENCY: '5',
    GOSSAMER_HOST_CONCURRENCY: '6',
    GOSSAMER_NO_ROBOTS: '1',
    GOSSAMER_NO_ADAPT: 'false',
    GOSSAMER_INSECURE: 'yes',
    GOSSAMER_HEADER: 'X-A: 1\nX-B: 2',
    GOSSAMER_DELAY: '',
  };
  const options = readOptions([ROOT], [typed('--concurrency', '9')], environment);
  assert.equal(options.concurrency, 9);
  assert.equal(options.hostConcurrency, 6);
  assert.equal(options.robots, false);
  assert.equal(options.adapt, true);
  assert.equal(options.insecure, true);
  assert.deepEqual(options.headers, ['X-A', '1', 'X-B', '2']);
  assert.equal(options.delayMs, 0);
  assert.equal(readOptions([ROOT], [{ name: 'robots', as: '--robots', text: 'true' }], environment).robots, true);
  refuses(() => readOptions([ROOT], [], { GOSSAMER_TIMEOUT: 'x' }), 'GOSSAMER_TIMEOUT: "x"');
  refuses(() => readOptions([ROOT], [], { GOSSAMER_NO_ROBOTS: 'maybe' }), 'GOSSAMER_NO_ROBOTS: "maybe"');
});

test('OPTIONS: names, flags and environment names are unique, and each default is valid or none', () => {
  const flags = [...OPTIONS, ...ALIASES].map((each) => longFlag(each.flags));
  assert.equal(new Set(flags).size, flags.length);
  assert.equal(new Set(OPTIONS.map(({ name }) => name)).size, OPTIONS.length);
  assert.equal(environmentName('-A, --user-agent <text>'), 'GOSSAMER_USER_AGENT');
});
