// All inputs, in the order of their numbers.

import type { HostileInput } from '../hostile-input.ts';
import { ADDRESSES } from './addresses.ts';
import { CERTIFICATES } from './certificates.ts';
import { CONTENT } from './content.ts';
import { COSTS } from './costs.ts';
import { ENCODING } from './encoding.ts';
import { HTTP2 } from './http2.ts';
import { NAMES } from './names.ts';
import { NEIGHBOURS } from './neighbours.ts';
import { PIECES } from './pieces.ts';
import { ROBOTS } from './robots.ts';
import { TRANSPORT } from './transport.ts';

const ALL: readonly HostileInput[] = [
  ...TRANSPORT,
  ...HTTP2,
  ...CERTIFICATES,
  ...NAMES,
  ...ENCODING,
  ...ADDRESSES,
  ...CONTENT,
  ...ROBOTS,
  ...COSTS,
  ...PIECES,
  ...NEIGHBOURS,
];

export const HOSTILE_INPUTS: readonly HostileInput[] = ALL.toSorted((a, b) =>
  a.number.localeCompare(b.number, 'en', { numeric: true }),
);
