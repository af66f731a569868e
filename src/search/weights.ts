// How much a word counts, by the part of a page that it is in.

import type { COLUMNS } from './page-terms.ts';

export const WEIGHTS: Readonly<Record<(typeof COLUMNS)[number], number>> = {
  text: 1,
  opening: 3,
  headings: 4,
  title: 8,
  path: 3,
};
