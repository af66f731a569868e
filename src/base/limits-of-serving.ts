// Bounds of what `gossamer serve` keeps and gives.

/** Failures of a run that are remembered for who watches it. */
export const FAILURES_REMEMBERED_MAX = 200;
/** Patterns that may be excluded at the same time while a crawl runs. */
export const EXCLUSIONS_MAX = 100;
