// The questions that the thread of a job answers, by the names of the API's endpoints and a few more.

import type { QueryFields } from '../parameters.ts';
import {
  brokenAnswerOf,
  duplicatesAnswerOf,
  exclusionsAnswerOf,
  nearDuplicatesAnswerOf,
  previewAnswerOf,
  redirectsAnswerOf,
  timelineAnswerOf,
  trapsAnswerOf,
  treeAnswerOf,
} from './findings.ts';
import { graphAnswerOf } from './graph.ts';
import type { AskedJob } from './job-answers.ts';
import { searchAnswerOf } from './search.ts';
import { foreignLive, jobAnswerOf, lineOf } from './state.ts';
import { csvPart, groupsAnswerOf, linksAnswerOf, storyAnswerOf, tableAnswerOf, textAnswerOf } from './urls.ts';
import { viewedPageOf } from './viewed.ts';

export interface AskedOfJob {
  readonly name: string;
  readonly query: QueryFields;
}

const ANSWERS: Readonly<Record<string, (job: AskedJob, query: QueryFields) => Promise<unknown>>> = {
  line: lineOf,
  live: foreignLive,
  job: jobAnswerOf,
  urls: tableAnswerOf,
  csv: csvPart,
  groups: groupsAnswerOf,
  url: storyAnswerOf,
  links: linksAnswerOf,
  text: textAnswerOf,
  broken: brokenAnswerOf,
  redirects: redirectsAnswerOf,
  duplicates: duplicatesAnswerOf,
  nearDuplicates: nearDuplicatesAnswerOf,
  traps: trapsAnswerOf,
  tree: treeAnswerOf,
  graph: graphAnswerOf,
  timeline: timelineAnswerOf,
  search: searchAnswerOf,
  exclusions: exclusionsAnswerOf,
  preview: previewAnswerOf,
  view: (job, query) => viewedPageOf(job, query['name'] ?? ''),
};

export function answerOf(job: AskedJob, { name, query }: AskedOfJob): Promise<unknown> {
  return ANSWERS[name]!(job, query);
}
