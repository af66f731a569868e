// Inputs 23, 24, 33 and 34: what a server of names may answer. They are met in a network of their own.

import type { ErrorCode } from '../../../src/base/errors.ts';
import { done, failed, type HostileInput, skipped } from '../hostile-input.ts';

const group = 'names';

/** By label of a name: what its answers have instead of an address. */
const WITHOUT_ADDRESS: readonly (readonly [label: string, what: string, error: ErrorCode])[] = [
  ['empty', 'a name without an address', 'dns-not-found'],
  ['loop', 'two names that stand for each other', 'dns-not-found'],
  ['circle', 'a name that stands for itself', 'dns-not-found'],
  ['endless', '1,500 names that each stand for the next', 'dns-not-found'],
  ['silent', 'a server of names that never answers', 'dns-failure'],
  ['refused', 'a server of names that refuses', 'dns-failure'],
  ['pointer', 'a name in an answer that points at itself', 'dns-failure'],
  ['short', 'addresses of two bytes', 'dns-failure'],
  ['promised', 'an answer that promises 65,535 records and has none', 'dns-failure'],
];

/** Addresses that no stranger's name may lead to, in hexadecimal. */
const PRIVATE: readonly string[] = [
  ...['four-00000000', 'four-7f000002', 'four-64400001', 'four-a9fea9fe', 'four-a83f8110', 'four-c0000201'],
  ...['four-c6120001', 'four-e00000fb', 'four-ffffffff', 'four-f0000001', 'four-c00000c0', 'four-7f000001-0a000001'],
  `six-${'0'.repeat(32)}`,
  `six-${'0'.repeat(31)}1`,
  `six-${'0'.repeat(24)}7f000001`,
  `six-${'0'.repeat(20)}ffff7f000001`,
  `six-${'0'.repeat(16)}ffff00007f000001`,
  'six-0064ff9b00000000000000007f000001',
  'six-0064ff9b000100000000000008080808',
  'six-0064ff9b00017f000000010008080808',
  'six-20027f00000100000000000000000001',
  'six-200100007f0000010000000000000001',
  'six-260647000000000000005efe7f000001',
  'six-260647000000000002005efe0a000001',
  'six-fe800000000000000000000000000001',
  'six-fec00000000000000000000000000001',
  'six-fd00ec20000000000000000000000254',
  'six-ff020000000000000000000000000001',
  'six-20010db8000000000000000000000001',
  'six-3fff0000000000000000000000000001',
];
const nameOf = (label: string): string => `http://${label}.test/`;

export const NAMES: readonly HostileInput[] = [
  {
    number: '23a',
    what: 'a name that does not exist',
    group,
    links: ['http://nxdomain.test/'],
    becomes: { 'http://nxdomain.test/': failed('dns-not-found') },
  },
  {
    number: '23b',
    what: 'a server of names that fails',
    group,
    links: ['http://servfail.test/'],
    becomes: { 'http://servfail.test/': failed('dns-failure') },
  },
  ...WITHOUT_ADDRESS.map(
    ([label, what, error], at): HostileInput => ({
      ...{ number: `23${'cdefghijkl'[at]}`, what, group, becomes: { [nameOf(label)]: failed(error) } },
    }),
  ),
  { number: '24a', what: 'a name with 10,000 addresses', group, host: 'many.test', becomes: { '/': done() } },
  { number: '24b', what: 'the same with 3,000, by TCP', group, host: 'long.test', becomes: { '/': done() } },
  { number: '24c', what: 'a name behind twelve others', group, host: 'chain.test', becomes: { '/': done() } },
  {
    number: '33a',
    what: 'a name that leads to a private address',
    group,
    links: ['http://private.test/'],
    becomes: { 'http://private.test/': skipped('address') },
  },
  {
    number: '33b',
    what: `names that lead to ${PRIVATE.length} kinds of private addresses, also in disguise`,
    group,
    becomes: Object.fromEntries(PRIVATE.map((label) => [nameOf(label), skipped('address')])),
  },
];
