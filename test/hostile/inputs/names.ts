// Inputs 23, 24 and 33: what a server of names may answer. They are met in a network of their own.

import { done, failed, type HostileInput, skipped } from '../hostile-input.ts';

const group = 'names';

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
  {
    number: '23c',
    what: 'a name without an address',
    group,
    links: ['http://empty.test/'],
    becomes: { 'http://empty.test/': failed('dns-not-found') },
  },
  { number: '24', what: 'a name with 10,000 addresses', group, host: 'many.test', becomes: { '/': done() } },
  {
    number: '33',
    what: 'a name that leads to a private address',
    group,
    links: ['http://private.test/'],
    becomes: { 'http://private.test/': skipped('address') },
  },
];
