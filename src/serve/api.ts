// The types of the API's documents, for the page. It imports them as types alone.

export type * from './api/findings.ts';
export type * from './api/jobs.ts';
export type * from './api/urls.ts';
