import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobIdentity } from '../base/contracts.ts';
import { assertSameJob, identityOf, identityText } from './identity.ts';

const JOB: JobIdentity = {
  roots: ['https://a.test/', 'https://b.test/'],
  scope: 'host',
  include: [],
  exclude: ['/old/'],
  depth: null,
  pageRequisites: false,
  keepParameters: false,
};

test('assertSameJob: what differs is told in the words of the command line', () => {
  const table: readonly [wanted: Partial<JobIdentity>, said: string][] = [
    [{ depth: 1 }, '--depth was without limit and is now 1'],
    [{ depth: 0 }, '--depth was without limit and is now 0'],
    [{ scope: 'site' }, '--scope was host and is now site'],
    [{ scope: 'host strict' }, '--scope was host and is now host with --strict'],
    [{ pageRequisites: true }, '--page-requisites was off and is now on'],
    [{ keepParameters: true }, '--keep-parameters was off and is now on'],
    [{ include: ['/docs/'] }, '--include differs: "/docs/" is new'],
    [{ exclude: [] }, '--exclude differs: "/old/" is gone'],
    [
      { roots: ['https://b.test/', 'https://c.test/'] },
      'the roots differ: "https://c.test/" is new, "https://a.test/" is gone',
    ],
    [{ exclude: ['1', '2', '3', '4', '5', '/old/'] }, '--exclude differs: "1", "2", "3" and 2 more are new'],
    [
      { depth: 2, pageRequisites: true },
      '--depth was without limit and is now 2; --page-requisites was off and is now on',
    ],
  ];
  const advice = 'Use -o for another folder, or --fresh to throw that job away';
  for (const [wanted, said] of table) {
    const message = `crawls/a belongs to another job: ${said}. ${advice}`;
    assert.throws(() => assertSameJob('crawls/a', JOB, { ...JOB, ...wanted }), { code: 'other-job', message });
  }
  assert.throws(() => assertSameJob('x', { ...JOB, depth: 3 }, JOB), /--depth was 3 and is now without limit/);
});

test('assertSameJob: order, repetitions and what older jobs do not say are no difference', () => {
  const { keepParameters, ...older } = JOB;
  assertSameJob('x', older, JOB);
  assertSameJob('x', JOB, { ...JOB, roots: ['https://b.test/', 'https://a.test/', 'https://a.test/'] });
  assert.equal(keepParameters, false);
});

test('identityOf: what is no job is refused', () => {
  const identity = JSON.parse(identityText(JOB)) as object;
  assert.deepEqual(identityOf(JSON.stringify(identity)), identity);
  const texts = [
    '',
    'null',
    '5',
    '[]',
    '{}',
    ...[
      { roots: [] },
      { roots: ['file:///etc/passwd'] },
      { roots: ['x y'] },
      { roots: 'http://a/' },
      { scope: 5 },
      { include: [5] },
      { exclude: null },
      { depth: -1 },
    ].map((wrong) => JSON.stringify({ ...identity, ...wrong })),
  ];
  for (const text of texts) assert.throws(() => identityOf(text), text);
});
