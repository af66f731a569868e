// The identity of a job as text, and how two identities are compared.

import type { JobIdentity } from '../base/contracts.ts';
import { JobError } from '../base/errors.ts';

const VALUES_SHOWN_MAX = 3;
const FIELDS = ['roots', 'scope', 'include', 'exclude', 'depth', 'pageRequisites', 'keepParameters'] as const;

const WORDS: Readonly<Record<(typeof FIELDS)[number], string>> = {
  roots: 'the roots',
  scope: '--scope',
  include: '--include',
  exclude: '--exclude',
  depth: '--depth',
  pageRequisites: '--page-requisites',
  keepParameters: '--keep-parameters',
};

/** The text in the database. It also holds the rules by which keys are made, but jobs do not differ by them. */
export function identityText(identity: JobIdentity): string {
  return JSON.stringify(identity, [...FIELDS, 'keyRules']);
}

/** Throws if the text is not an identity. */
export function identityOf(text: string): JobIdentity {
  const stored = JSON.parse(text) as Partial<JobIdentity> | null;
  const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((each) => typeof each === 'string');
  const { roots, scope, include, exclude, depth } = stored ?? {};
  const isOne =
    areTexts(roots) && areTexts(include) && areTexts(exclude) && typeof scope === 'string' && isDepth(depth);
  if (!isOne || roots!.length === 0 || !roots!.every(isWeb)) throw new Error('it contains no job');
  return stored as JobIdentity;
}

function isWeb(root: string): boolean {
  return /^https?:/.test(root) && URL.canParse(root);
}

function isDepth(depth: unknown): boolean {
  return depth === null || (typeof depth === 'number' && depth >= 0);
}

/**
 * Throws JobError `other-job` if the jobs differ; its message names the options that differ. The order of a list does
 * not matter.
 */
export function assertSameJob(location: string, stored: JobIdentity, wanted: JobIdentity): void {
  const differences = FIELDS.flatMap((field) => differenceOf(WORDS[field], stored[field], wanted[field]));
  if (differences.length === 0) return;
  const what = differences.join('; ');
  const advice = 'Use -o for another folder, or --fresh to throw that job away';
  throw new JobError('other-job', `${location} belongs to another job: ${what}. ${advice}`);
}

type Value = JobIdentity[(typeof FIELDS)[number]];

function differenceOf(option: string, stored: Value = false, wanted: Value = false): string[] {
  if (Array.isArray(stored) && Array.isArray(wanted)) {
    const [gone, fresh] = [without(stored, wanted), without(wanted, stored)];
    const parts = [listed(fresh, 'new'), listed(gone, 'gone')].filter(Boolean);
    return parts.length === 0
      ? []
      : [`${option} ${option.startsWith('--') ? 'differs' : 'differ'}: ${parts.join(', ')}`];
  }
  return stored === wanted ? [] : [`${option} was ${said(stored)} and is now ${said(wanted)}`];
}

function without(list: readonly string[], others: readonly string[]): string[] {
  return [...new Set(list)].filter((each) => !others.includes(each));
}

function listed(values: readonly string[], what: string): string {
  if (values.length === 0) return '';
  const shown = values.slice(0, VALUES_SHOWN_MAX).map((value) => JSON.stringify(value));
  const rest = values.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} ${values.length === 1 ? 'is' : 'are'} ${what}`;
}

function said(value: Value): string {
  if (value === null) return 'without limit';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value).replace(' strict', ' with --strict');
}
