// The parts of a page that are weighed differently, and how much a word counts in each.

/** In the order of their columns. FTS5 needs two bytes for each term of a page in all columns but the first. */
export const COLUMNS = ['text', 'opening', 'headings', 'title', 'path'] as const;

export const WEIGHTS: Readonly<Record<(typeof COLUMNS)[number], number>> = {
  text: 1,
  opening: 3,
  headings: 4,
  title: 8,
  path: 3,
};
