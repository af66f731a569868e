// What makes a job the same job, as text and compared.

import type { JobIdentity } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';

const FIELDS = ['roots', 'scope', 'include', 'exclude', 'depth', 'pageRequisites', 'keepParameters'] as const;

/** As it stands in the database. By which rules keys are made is kept, and is nothing in which jobs differ. */
export function identityText(identity: JobIdentity): string {
  return JSON.stringify(identity, [...FIELDS, 'keyRules']);
}

/** Throws JobError `other-job`, naming each field that differs with both values. Lists are the same in any order. */
export function assertSameJob(location: string, stored: JobIdentity, wanted: JobIdentity): void {
  const differences = FIELDS.filter((field) => comparable(stored[field]) !== comparable(wanted[field])).map(
    (field) => `${field} was ${JSON.stringify(stored[field])} and is now ${JSON.stringify(wanted[field])}`,
  );
  if (differences.length === 0) return;
  const what = differences.join('; ');
  const advice = 'Use -o for another folder, or --fresh to throw that job away';
  throw new JobError('other-job', `${location} belongs to another job: ${what}. ${advice}`);
}

function comparable(value: JobIdentity[keyof JobIdentity] = false): string {
  return JSON.stringify(Array.isArray(value) ? [...new Set(value)].sort() : value);
}
