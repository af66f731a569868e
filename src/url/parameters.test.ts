import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../test/helpers/random.ts';
import { keyOfJob, leftOutOfKey, plainKey, urlKey, writtenKey, writtenKeyOfJob } from './key.ts';
import { marksOf, withoutMarks } from './parameters.ts';

const TABLE: readonly (readonly [string, string])[] = [
  ['http://a.test/', 'http://a.test/'],
  ['http://a.test/?utm_source=x', 'http://a.test/'],
  ['http://a.test/?a=1&utm_source=x&b=2', 'http://a.test/?a=1&b=2'],
  ['http://a.test/?UTM_Campaign=x&a', 'http://a.test/?a'],
  ['http://a.test/p?gclid=1&fbclid=2&msclkid=3', 'http://a.test/p'],
  ['http://a.test/?b=2&a=1&&c', 'http://a.test/?b=2&a=1&&c'],
  ['http://a.test/?sidney=0123456789abcdef0123', 'http://a.test/?sidney=0123456789abcdef0123'],
  ['http://a.test/?x=utm_source', 'http://a.test/?x=utm_source'],
  // In the path.
  ['http://a.test/p;jsessionid=A1B2?x=1', 'http://a.test/p?x=1'],
  ['http://a.test/p;jsessionid=A1B2/q', 'http://a.test/p/q'],
  ['http://a.test/p;v=1;jsessionid=0F3A9C52D1E84B7796A0C3D2E1F40B58.node1', 'http://a.test/p;v=1'],
  ['http://a.test/p;jsessionid=GqYzpT3LhVnd!-1189467284!NONE', 'http://a.test/p'],
  ['http://a.test/p;jsessionid=0000abcDEFghIJklMNopQR1:-1', 'http://a.test/p'],
  ['http://a.test/p;jsessionid=lC+3pEoOaMGbTzkPhHrzI2a4', 'http://a.test/p'],
  ['http://a.test/p;jsessionid=0001Xy7-_kLmNoPqRsTuVwX:15abc:17def', 'http://a.test/p'],
  ['http://a.test/p;jsessionid=8430e4b0c8d4$3F$B0?x=1', 'http://a.test/p?x=1'],
  ['http://a.test/p;jsessionid=(J2EE8923100)ID0891350150DB1159421948End', 'http://a.test/p'],
  ['http://a.test/p;saplb_*=(J2EE8923100)8923150;v=1', 'http://a.test/p;v=1'],
  // In a folder, as ASP.NET writes it.
  ['http://a.test/(S(lit3py55t21z5v55vlm25s55))/p.aspx', 'http://a.test/p.aspx'],
  ['http://a.test/(S(lit3py55t21z5v55vlm25s55))/', 'http://a.test/'],
  ['http://a.test/shop/(X(1)A(mLc9X0hzQEk1)S(lit3py55t21z5v55vlm25s55))/a/b?x=1', 'http://a.test/shop/a/b?x=1'],
  ['http://a.test/(S(lit3py55t21z5v55vlm25s55));jsessionid=A1B2/p', 'http://a.test/p'],
  ['http://a.test/Foo_(S(lit3py55t21z5v55vlm25s55))/p', 'http://a.test/Foo_(S(lit3py55t21z5v55vlm25s55))/p'],
  ['http://a.test/(S(chapter))/p', 'http://a.test/(S(chapter))/p'],
  ['http://a.test/(X(1))/p', 'http://a.test/(X(1))/p'],
  ['http://a.test/talks;jsessionid=3', 'http://a.test/talks;jsessionid=3'],
  ['http://a.test/p;sid=0123456789abcdef', 'http://a.test/p;sid=0123456789abcdef'],
  // Names of systems.
  ['http://a.test/?PHPSESSID=0a1b2c&id=3', 'http://a.test/?id=3'],
  ['http://a.test/?PHPSESSID=nrd4h0ufkn2pvbu1d0a5m2ljk1', 'http://a.test/'],
  ['http://a.test/?ASPSESSIONIDQACBTTQS=JLHMKAABKCFEBPJGPNMBKIIB', 'http://a.test/'],
  ['http://a.test/?osCsid=8b0a2f6c5d1e4f7a9b3c&zenid=9f8e7d6c5b4a', 'http://a.test/'],
  ['http://a.test/?CFID=1234567&CFTOKEN=87654321&id=1', 'http://a.test/?id=1'],
  ['http://a.test/?cfid=12', 'http://a.test/?cfid=12'],
  ['http://a.test/?cfid=12&cftoken=3', 'http://a.test/?cfid=12&cftoken=3'],
  ['http://a.test/?PHPSESSID=5', 'http://a.test/?PHPSESSID=5'],
  ['http://a.test/?zenid=garden&mscssid=2', 'http://a.test/?zenid=garden&mscssid=2'],
  ['http://a.test/?PHPSESSID=', 'http://a.test/?PHPSESSID='],
  ['http://a.test/?CGISESSID=9f86d081884c7d659a2feaa0c55ad015&a=1', 'http://a.test/?a=1'],
  ['http://a.test/?XTCsid=9f86d081884c7d659a2feaa0&force_sid=r2t5uvjq435r4q7ib3vtdjq120', 'http://a.test/'],
  ['http://a.test/?id=4&sesskey=aB3dE5gH7j', 'http://a.test/?id=4'],
  ['http://a.test/?sap-contextid=SID%3AANON%3Ahost_PRD_00%3AQkZx1pLkm9_-ATT', 'http://a.test/'],
  ['http://a.test/?BV_SessionID=@@@@1234567890.1044567890@@@@&oid=3', 'http://a.test/?oid=3'],
  ['http://a.test/?modsid=5&wosid=welcome', 'http://a.test/?modsid=5&wosid=welcome'],
  ['http://a.test/?cfid=3a3c4b0e-0e0c-4d5a-9b1e-0f1e2d3c4b5a&cftoken=0&id=1', 'http://a.test/?id=1'],
  ['http://a.test/?cfid=7&cftoken=0', 'http://a.test/?cfid=7&cftoken=0'],
  // Semicolons between the fields of a query, as CGI.pm writes them.
  ['http://a.test/?id=3;CGISESSID=9f86d081884c7d659a2feaa0c55ad015;p=2&q=5', 'http://a.test/?id=3;p=2&q=5'],
  ['http://a.test/?PHPSESSID=r2t5uvjq435r4q7ib3vtdjq120;topic=5.0', 'http://a.test/?topic=5.0'],
  ['http://a.test/?a=1;jsessionid=0F3A9C52D1E84B7796A0C3D2E1F40B58', 'http://a.test/?a=1'],
  ['http://a.test/?a=1&amp;sid=9f86d081884c7d659a2feaa0c55ad015', 'http://a.test/?a=1&amp'],
  ['http://a.test/?utm_source=x;id=3', 'http://a.test/?id=3'],
  ['http://a.test/?utm_campaign=spring;sale&a=1', 'http://a.test/?a=1'],
  ['http://a.test/?cfid=12;cftoken=87654321;id=1', 'http://a.test/?id=1'],
  ['http://a.test/?a=1;session_id=2', 'http://a.test/?a=1;session_id=2'],
  ['http://a.test/?CAKEPHP=0c1f3d5e7a9b2c4d6e8f0a1b3c5d7e9f&p=2', 'http://a.test/?p=2'],
  ['http://a.test/?CAKEPHP=12', 'http://a.test/?CAKEPHP=12'],
  ['http://a.test/?g2_itemId=5&g2_GALLERYSID=TMP_SESSION_ID_DI_NOISSES_PMT', 'http://a.test/?g2_itemId=5'],
  ['http://a.test/?FE_SESSION_KEY=9e107d9d372bb6826bd81d3542a419d6-8d777f385d3dfec8815d20f7496026dc', 'http://a.test/'],
  // Names that pages have too.
  ['http://a.test/?_session_id=f1d2d2f924e986ac86fdf7b36c94bcdf32beec15', 'http://a.test/'],
  ['http://a.test/?_session_id=room-four-day-2', 'http://a.test/?_session_id=room-four-day-2'],
  ['http://a.test/?sid=0123456789abcdef0123', 'http://a.test/'],
  ['http://a.test/?session_id=550e8400-e29b-41d4-a716-446655440000', 'http://a.test/'],
  ['http://a.test/?sessionid=nrd4h0ufkn2pvbu1d0a5m2ljk1&p=2', 'http://a.test/?p=2'],
  ['http://a.test/?s=e8d95a51f3af4a3b134bf6bb680a213a', 'http://a.test/'],
  ['http://a.test/?session=7Qx2mK9vLp4TzR8wYb3N', 'http://a.test/'],
  ['http://a.test/?sid=7', 'http://a.test/?sid=7'],
  ['http://a.test/?session_id=1', 'http://a.test/?session_id=1'],
  ['http://a.test/?sessionid=2024-keynote', 'http://a.test/?sessionid=2024-keynote'],
  ['http://a.test/?session=windows2000professional', 'http://a.test/?session=windows2000professional'],
  ['http://a.test/?session=20240501123000123', 'http://a.test/?session=20240501123000123'],
  ['http://a.test/?session=119thcongress2025', 'http://a.test/?session=119thcongress2025'],
  ['http://a.test/?session_id=day1track2session3room4', 'http://a.test/?session_id=day1track2session3room4'],
  ['http://a.test/?sid=RustConf2026Day2Talk17', 'http://a.test/?sid=RustConf2026Day2Talk17'],
  ['http://a.test/?sessionid=20261126T093000Z', 'http://a.test/?sessionid=20261126T093000Z'],
  ['http://a.test/?sid=B2026T15S03R101X5', 'http://a.test/?sid=B2026T15S03R101X5'],
  ['http://a.test/?sessionId=1690312452654001abCD', 'http://a.test/?sessionId=1690312452654001abCD'],
  ['http://a.test/?sid=16903124526540010a3f', 'http://a.test/?sid=16903124526540010a3f'],
  ['http://a.test/?session_id=20261126093000001b', 'http://a.test/?session_id=20261126093000001b'],
  ['http://a.test/?sid=9F86D081884C7D659A2FEAA0C55AD015', 'http://a.test/'],
  ['http://a.test/?sessionId=4F2A9C01B7E3D865A2', 'http://a.test/'],
  ['http://a.test/?sessionid=qZmwRtKxPbVnLgHd4sTc', 'http://a.test/'],
  ['http://a.test/?s=how+to+crawl', 'http://a.test/?s=how+to+crawl'],
  ['http://a.test/?s=internationalisation', 'http://a.test/?s=internationalisation'],
  ['http://a.test/?s=iphone14vsgalaxys23review', 'http://a.test/?s=iphone14vsgalaxys23review'],
  // Ids of things: MongoDB's, ULIDs, texts in base64.
  ['http://a.test/?session_id=65f1a2b3c4d5e6f708192a3b', 'http://a.test/?session_id=65f1a2b3c4d5e6f708192a3b'],
  ['http://a.test/?sid=507f1f77bcf86cd799439011', 'http://a.test/?sid=507f1f77bcf86cd799439011'],
  ['http://a.test/?session=01HV3N8X7QK2M4R6T8W0Y1Z2A3', 'http://a.test/?session=01HV3N8X7QK2M4R6T8W0Y1Z2A3'],
  ['http://a.test/?session_id=U2Vzc2lvbl8xMjM0MQ', 'http://a.test/?session_id=U2Vzc2lvbl8xMjM0MQ'],
  ['http://a.test/?session_id=a0Q5f000003xYzAEAU', 'http://a.test/?session_id=a0Q5f000003xYzAEAU'],
  ['http://a.test/?session_id=a3n1a000001RwTvAAK', 'http://a.test/?session_id=a3n1a000001RwTvAAK'],
  ['http://a.test/?session_id=a0Q5f00000xKqZvEAV', 'http://a.test/'],
  ['http://a.test/?session_id=rec4Tj2QmWxYpLk9Z', 'http://a.test/?session_id=rec4Tj2QmWxYpLk9Z'],
  ['http://a.test/?session_id=recAb81LmQnXp0Rtz', 'http://a.test/?session_id=recAb81LmQnXp0Rtz'],
  ['http://a.test/?sid=8b7e6f77bcf86cd799439011', 'http://a.test/'],
  ['http://a.test/?sid=65F1A2B3C4D5E6F708192A3B65F1A2B3', 'http://a.test/'],
  // Names that a system made of the word, and names that only sound like it.
  ['http://a.test/?myapp_session_id=f1d2d2f924e986ac86fdf7b36c94bcdf&p=2', 'http://a.test/?p=2'],
  ['http://a.test/?webSessionID=7Qx2mK9vLp4TzR8wYb3N', 'http://a.test/'],
  ['http://a.test/?user-sid=9f86d081884c7d659a2feaa0&x.session.token=nrd4h0ufkn2pvbu1d0a5m2ljk1', 'http://a.test/'],
  ['http://a.test/?ci_session=0a4b8c1d2e3f405162738495a6b7c8d9', 'http://a.test/'],
  ['http://a.test/?myapp_session_id=12', 'http://a.test/?myapp_session_id=12'],
  ['http://a.test/?event_session=intro-to-crawling', 'http://a.test/?event_session=intro-to-crawling'],
  [
    'http://a.test/?event_session_id=550e8400-e29b-41d4-a716-446655440000',
    'http://a.test/?event_session_id=550e8400-e29b-41d4-a716-446655440000',
  ],
  ['http://a.test/?assessid=9f86d081884c7d659a2feaa0', 'http://a.test/?assessid=9f86d081884c7d659a2feaa0'],
  ['http://a.test/?assessment_id=9f86d081884c7d659a2feaa0', 'http://a.test/?assessment_id=9f86d081884c7d659a2feaa0'],
  [
    'http://a.test/?newsid=9f86d081884c7d659a2feaa0&classid=9f86d081884c7d659a2f',
    'http://a.test/?newsid=9f86d081884c7d659a2feaa0&classid=9f86d081884c7d659a2f',
  ],
  ['http://a.test/?sessions=9f86d081884c7d659a2feaa0', 'http://a.test/?sessions=9f86d081884c7d659a2feaa0'],
  // What lets somebody in, or names a thing, is no session.
  ['http://a.test/?token=0123456789abcdef0123', 'http://a.test/?token=0123456789abcdef0123'],
  ['http://a.test/?id=550e8400-e29b-41d4-a716-446655440000', 'http://a.test/?id=550e8400-e29b-41d4-a716-446655440000'],
];

test('withoutMarks: drops what says who asks, and nothing else', () => {
  for (const [url, expected] of TABLE) {
    assert.equal(withoutMarks(url), expected, url);
    assert.equal(withoutMarks(expected), expected, 'twice changes nothing');
  }
});

test('withoutMarks: sessions of the systems are found, whoever made them', () => {
  const random = seededRandom(20_261);
  const made = (letters: string, length: number): string =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  const base32 = '0123456789abcdefghijklmnopqrstuv';
  for (let round = 0; round < 2_000; round += 1) {
    for (const field of [
      `sid=${made('0123456789abcdef', 32)}`,
      `PHPSESSID=${made(base32, 26)}`,
      `PHPSESSID=${made(`${base32}wxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,-`, 22)}`,
      `jsessionid=${made('0123456789ABCDEF', 32)}`,
      `ASPSESSIONIDQACBTTQS=${made('ABCDEFGHIJKLMNOP', 24)}`,
    ]) {
      assert.equal(withoutMarks(`http://a.test/?${field}`), 'http://a.test/', field);
    }
  }
});

test('withoutMarks: few sessions of letters and digits are taken for words', () => {
  const random = seededRandom(20_262);
  for (const [letters, length] of [
    ['0123456789abcdefghijklmnopqrstuv', 26],
    ['0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', 32],
  ] as const) {
    const made = Array.from({ length: 2_000 }, () =>
      Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join(''),
    );
    const kept = made.filter((id) => withoutMarks(`http://a.test/?session=${id}`) !== 'http://a.test/');
    assert.ok(kept.length < 60, `${kept.length} of ${made.length}`);
  }
});

test('withoutMarks, keyOfJob: a job that was begun by the first rules keeps them', () => {
  for (const [url, expected] of [
    ['http://a.test/?session_id=1', 'http://a.test/'],
    ['http://a.test/p;jsessionid=3?cfid=1', 'http://a.test/p'],
    ['http://a.test/?sid=windows2000professional', 'http://a.test/'],
    ['http://a.test/?sid=7', 'http://a.test/?sid=7'],
    ['http://a.test/?sessid=0123456789abcdef0123', 'http://a.test/?sessid=0123456789abcdef0123'],
  ] as const) {
    assert.equal(keyOfJob({})(url), expected, url);
    assert.equal(writtenKeyOfJob({ keepParameters: false })(url), expected, url);
    assert.equal(keyOfJob({ keepParameters: true })(url), url);
    assert.equal(keyOfJob({ keyRules: 3 })(url), urlKey(url));
    assert.equal(keyOfJob({ keyRules: 2 })('http://a.test/?sid=day1track2session3'), 'http://a.test/');
    assert.equal(keyOfJob({ keyRules: 2 })('http://a.test/?sid=16903124526540010a3f'), 'http://a.test/');
    assert.equal(keyOfJob({ keyRules: 2 })('http://a.test/?sid=507f1f77bcf86cd799439011'), 'http://a.test/');
  }
});

test('keyOfJob: a job of older rules knows no folder, no semicolon and no newer name', () => {
  for (const path of [
    '(S(lit3py55t21z5v55vlm25s55))/p.aspx',
    '?id=3;PHPSESSID=r2t5uvjq435r4q7ib3vtdjq120',
    '?CGISESSID=9f86d081884c7d659a2feaa0c55ad015',
    'p;saplb_*=(J2EE8923100)8923150',
    '?CAKEPHP=0c1f3d5e7a9b2c4d6e8f0a1b3c5d7e9f',
    '?_session_id=f1d2d2f924e986ac86fdf7b36c94bcdf32beec15',
    '?webSessionID=7Qx2mK9vLp4TzR8wYb3N',
  ]) {
    const url = `http://a.test/${path}`;
    assert.equal(keyOfJob({ keyRules: 2 })(url), url);
    assert.equal(keyOfJob({ keyRules: 1 })(url), url);
    assert.notEqual(keyOfJob({ keyRules: 3 })(url), url);
  }
});

test('leftOutOfKey: folders, and fields between semicolons', () => {
  const url = 'http://a.test/(S(lit3py55t21z5v55vlm25s55))/p?id=3;sid=0123456789abcdef0123;utm_term=a';
  assert.deepEqual(leftOutOfKey(url, { keyRules: 3 }), [
    '/(S(lit3py55t21z5v55vlm25s55))',
    'sid=0123456789abcdef0123',
    'utm_term=a',
  ]);
});

test('leftOutOfKey: what is not in the key', () => {
  const url = 'http://a.test/p;jsessionid=A1B2?utm_source=x&session_id=1&sid=0123456789abcdef0123';
  assert.deepEqual(leftOutOfKey(url, { keyRules: 2 }), [
    ';jsessionid=A1B2',
    'utm_source=x',
    'sid=0123456789abcdef0123',
  ]);
  assert.deepEqual(leftOutOfKey(url, {}), [
    ';jsessionid=A1B2',
    'utm_source=x',
    'session_id=1',
    'sid=0123456789abcdef0123',
  ]);
  assert.deepEqual(leftOutOfKey(url, { keepParameters: true }), []);
  assert.deepEqual(leftOutOfKey('http://a.test/p', { keyRules: 2 }), []);
});

test('urlKey: a host is no place for a session id', () => {
  for (const rules of [1, 2, 3] as const) {
    const host = 'http://a;jsessionid=0123456789abcdef0123456789abcdef';
    assert.equal(withoutMarks(`${host}/b`, rules), `${host}/b`);
    assert.equal(
      withoutMarks(`${host};jsessionid=1/b;jsessionid=0123456789abcdef01234567`, rules),
      `${host};jsessionid=1/b`,
    );
    assert.deepEqual(marksOf(`${host}/b`, rules), []);
    const brackets = 'http://(S(lit3py55t21z5v55vlm25s55))/b';
    assert.equal(withoutMarks(brackets, rules), brackets);
    assert.deepEqual(marksOf(brackets, rules), []);
  }
});

test('urlKey, writtenKey: are without marks; plainKey keeps them', () => {
  for (const [url, expected] of TABLE) {
    assert.equal(urlKey(url), expected, url);
    assert.equal(writtenKey(url), expected, url);
    assert.equal(plainKey(url), url, url);
  }
  assert.equal(urlKey('HTTP://A.test:80/%7Eu?utm_source=x#f'), 'http://a.test/~u');
});
