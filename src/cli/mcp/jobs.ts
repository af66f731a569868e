// The jobs that the tools may see: those that the user named or, without any, those under the folder of new crawls; and
// those that a tool has begun. A tool names a job by its entry in this list, so it reaches no other folder.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Contents } from '../../base/contents.ts';
import type { Ledger } from '../../base/contracts.ts';
import { contentsOf, holdingsOf } from '../../job/open-contents.ts';
import type { WorkedJob } from '../../job/thread-work.ts';
import { jobsAmong, withLedger } from '../job.ts';
import { ToolError } from './tool.ts';

export interface OpenJob extends WorkedJob {
  readonly ledger: Ledger;
  readonly contents: Contents;
}

export interface McpJobs {
  /** Where new crawls are kept. */
  readonly home: string;
  readonly store: string | null;
  /** The folders of all jobs, which are their names. */
  names(): Promise<readonly string[]>;
  /** Throws ToolError. */
  find(name: string | undefined): Promise<string>;
  /** Opens the job of that name for `use`. Throws ToolError, JobError and MachineError. */
  reading<T>(name: string | undefined, use: (job: OpenJob) => Promise<T>): Promise<T>;
  /** A tool has begun a job in this folder. */
  add(folder: string): void;
}

const NAMES_SHOWN_MAX = 20;

/** `given` are the folders of jobs. */
export function createMcpJobs(given: readonly string[], home: string, store: string | null): McpJobs {
  const own = new Set(given);
  const jobs: McpJobs = {
    home,
    store,
    async names() {
      const found = given.length > 0 || !existsSync(home) ? [] : readdirSync(home).map((name) => join(home, name));
      return [...new Set([...own, ...(await jobsAmong(found, store)).sort()])];
    },
    async find(name) {
      const names = await jobs.names();
      if (names.length === 0) throw new ToolError('no-job', 'There is no job yet. The tool crawl begins one.');
      const shown = `${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${names.length > NAMES_SHOWN_MAX ? ' and more' : ''}`;
      if (name === undefined) {
        if (names.length === 1) return names[0]!;
        throw new ToolError('which-job', `There are several jobs. Give "job" as one of: ${shown}.`);
      }
      const meant = names.includes(name) ? [name] : names.filter((each) => basename(each) === name);
      if (meant.length === 1) return meant[0]!;
      throw new ToolError('unknown-job', `There is no job of that name. Give "job" as one of: ${shown}.`);
    },
    async reading(name, use) {
      const folder = await jobs.find(name);
      return withLedger(folder, store, (ledger) =>
        use({ folder, store, ledger, contents: contentsOf(holdingsOf(folder, ledger), ledger) }),
      );
    },
    add(folder) {
      own.add(folder);
    },
  };
  return jobs;
}
