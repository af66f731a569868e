// Finds the depot of a place as the user named it or the store keeps it.

import { isAbsolute, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { JobError, UsageError } from '../../base/errors.ts';
import type { Depot } from './depot.ts';
import { folderDepot } from './folder-depot.ts';
import { s3Place } from './s3-access.ts';
import { s3Depot } from './s3-depot.ts';

const S3 = /^s3:/i;

/** The place as the store keeps it: absolute, and in one form. Throws UsageError. */
export function placeOf(given: string): string {
  if (!S3.test(given)) return resolve(given);
  const parsed = s3Place(given);
  if (parsed === null) throw new UsageError('--archive: the address is not written like s3://BUCKET/PREFIX.');
  return `s3://${parsed.bucket}/${parsed.prefix}`.replace(/\/$/, '');
}

/** Throws UsageError if the environment lacks what S3 needs, and JobError if a store names no place. */
export function openDepot(
  place: string,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Depot {
  if (!S3.test(place)) {
    if (!isAbsolute(place)) throw noPlace(place);
    return folderDepot(place);
  }
  const parsed = s3Place(place);
  if (parsed === null) throw noPlace(place);
  return s3Depot(place, parsed, environment, clock);
}

function noPlace(place: string): JobError {
  return new JobError('unreadable', `${JSON.stringify(place)} is not the place of an archive`);
}
