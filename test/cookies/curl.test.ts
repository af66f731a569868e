// curl as oracle: after the same responses its jar and ours send the same cookies, and each reads the file of the
// other.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cookiesTxt, readCookies } from '../../src/fetch/cookies/cookie-file.ts';
import { createCookieJar } from '../../src/fetch/cookies/jar.ts';
import { serveSite } from '../helpers/site.ts';

const NO_CURL = spawnSync('curl', ['--version']).error === undefined ? false : 'there is no curl on this machine';

/** What the responses of one case set, and where the last request goes; HOST stands for the host of the case. */
const CASES: readonly (readonly [set: readonly string[], to?: string])[] = [
  [['a=1']],
  [['a=1; Path=/', 'b=2; Path=/set', 'c=3; Path=/set/', 'd=4; Path=/se'], '/set/deep'],
  [['a=1; Path=/x'], '/x/y'],
  [['a=1; Path=/x'], '/xy'],
  [['a=1; Path=x']],
  [['a=1', 'a=2']],
  [['a=1; Path=/', 'a=2; Path=/set'], '/set/deep'],
  [['a=1', 'a=; Max-Age=0', 'b=2']],
  [['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2; Expires=Wed, 01-Jan-2031 10:00:00 GMT']],
  [['a=1; Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT']],
  [['a=1; Domain=HOST'], 'http://sub.HOST/'],
  [['a=1; Domain=.HOST'], 'http://sub.HOST/'],
  [['a=1'], 'http://sub.HOST/'],
  [['a=1; Domain=other.test', 'b=2']],
  [['a=1; Domain=sub.HOST', 'b=2'], 'http://sub.HOST/'],
  [['a=1; Secure', 'b=2']],
  [['a=1; HttpOnly; SameSite=Lax', 'b=2; samesite=Strict; PATH=/']],
  [['a="quoted, value"; Path=/', 'b=x=y=z', 'c=']],
  [['  a  =  1  ; Path = /', 'b=two words']],
  [['a=1; unknown=thing; =; ;', 'b=%20%3B']],
  [['__Secure-a=1; Path=/', '__Host-b=2; Path=/', 'c=3']],
];

test('cookies: curl and our jar send the same, and each reads what the other has written', {
  skip: NO_CURL,
}, async () => {
  const sent: string[] = [];
  await using site = await serveSite((path, response, request) => {
    const at = Number(/^c(\d+)\./.exec(request.headers.host!.replace('sub.', ''))![1]);
    if (path === '/set/here') response.setHeader('set-cookie', fieldsOf(at));
    else sent[at] = sorted(request.headers.cookie ?? '');
    response.end();
  });
  const { port } = new URL(site.root);
  const hostOf = (at: number): string => `c${at}.home.test`;
  const fieldsOf = (at: number): string[] => CASES[at]![0].map((field) => field.replaceAll('HOST', hostOf(at)));
  const urlsOf = (at: number): [from: string, to: string] => {
    const from = `http://${hostOf(at)}:${port}/set/here`;
    const to = (CASES[at]![1] ?? '/set/next').replaceAll('HOST', `${hostOf(at)}:${port}`);
    return [from, new URL(to, from).href];
  };
  const home = mkdtempSync(join(tmpdir(), 'gossamer-curl-'));
  const [ofCurl, ofOurs] = [join(home, 'curl.txt'), join(home, 'ours.txt')];
  const curl = async (file: readonly string[], urls: readonly string[]): Promise<string[]> => {
    sent.length = 0;
    const names = CASES.keys().flatMap((at) => [hostOf(at), `sub.${hostOf(at)}`]);
    const resolved = [...names].flatMap((name) => ['--resolve', `${name}:${port}:127.0.0.1`]);
    await promisify(execFile)('curl', ['-s', '--noproxy', '*', ...file, ...resolved, ...urls]);
    return [...sent];
  };
  const all = [...CASES.keys()];
  const byCurl = await curl(['-b', '', '-c', ofCurl], all.flatMap(urlsOf));
  const jar = createCookieJar(Date.now, () => {});
  for (const at of all) for (const field of fieldsOf(at)) jar.take(urlsOf(at)[0], [field]);
  const read = createCookieJar(Date.now, () => {});
  read.add(readCookies(readFileSync(ofCurl, 'latin1'), Date.now()));
  writeFileSync(ofOurs, cookiesTxt(jar.all()));
  const byOurFile = await curl(
    ['-b', ofOurs],
    all.map((at) => urlsOf(at)[1]),
  );
  for (const at of all) {
    const ours = sorted(jar.fieldFor(urlsOf(at)[1]));
    const told = JSON.stringify(CASES[at]);
    assert.equal(ours, byCurl[at], `${told}: ours, and curl's`);
    assert.equal(sorted(read.fieldFor(urlsOf(at)[1])), byCurl[at], `${told}: from curl's file`);
    assert.equal(byOurFile[at], byCurl[at], `${told}: curl with our file`);
  }
  assert.equal(jar.fieldFor(urlsOf(6)[1]), 'a=2; a=1');
  rmSync(home, { recursive: true });
});

/** The order of cookies with paths of one length is not the same everywhere. */
function sorted(field: string): string {
  return field.split('; ').sort().join('; ');
}
