// status: the jobs, and how far they are.

import { list, object, orNull, type TypeOf, text, told, whole } from '../../serve/api/schema.ts';
import { jobStatus } from '../../views/report/job-summary.ts';
import { isoTime } from '../../views/tables/record.ts';
import type { Shell } from '../shell.ts';
import { job, jobFields, jobStateOf } from './fields.ts';
import type { McpJobs } from './jobs.ts';
import { isSearchable } from './searchable.ts';
import { defineTool, type Tool } from './tool.ts';

const JOBS_MAX = 50;
const HELD_MAX = 10;

const described = object({
  ...jobFields,
  roots: told('The first URLs at which it began.', list(text)),
  waits: told('Hosts that must wait, and why.', list(object({ host: text, until: orNull(text), why: text }))),
});

export function statusTool(jobs: McpJobs, { clock }: Pick<Shell, 'clock'>): Tool {
  return defineTool({
    name: 'status',
    title: 'Status of crawls',
    description:
      'Lists the jobs (crawls) that can be read, with their counts and what they wait for. Works beside a running crawl.',
    isReading: true,
    input: object({ job }),
    output: object({ jobs: list(described), more: told('Jobs that are not listed.', whole) }),
    async run({ job: name }) {
      const names = name === undefined ? await jobs.names() : [await jobs.find(name)];
      const listed: TypeOf<typeof described>[] = [];
      for (const each of names.slice(0, JOBS_MAX)) {
        listed.push(
          await jobs.reading(each, async ({ folder, ledger }) => {
            const { summary, isRunning, held } = await jobStatus(folder, ledger, clock.wall());
            const { roots } = await ledger.job.identity();
            const waits = held.slice(0, HELD_MAX).map(({ host, heldUntil, why }) => {
              return { host, until: isoTime(heldUntil), why: why ?? '' };
            });
            const state = jobStateOf(summary, { isRunning, isSearchable: await isSearchable({ folder, ledger }) });
            return { ...state, roots: roots.slice(0, HELD_MAX), waits };
          }),
        );
      }
      return { jobs: listed, more: Math.max(0, names.length - JOBS_MAX) };
    },
  });
}
