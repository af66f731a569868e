// Moves a job from one database to another. The copy is made page by page, and each page is written together with how
// far the copy is, so a killed move goes on where it was. The source is only read until the copy is whole; then it is
// marked as moved, and after that the copy is the job.

import { JobError } from '../../base/errors.ts';
import type { CopySource, CopyTarget } from './contract.ts';
import { type Arriving, assertHere } from './mark.ts';
import { firstKey, keyOfRow, PARTS, type Part, type PartSums } from './parts.ts';
import { partsThatDiffer } from './sums.ts';

export interface Copied {
  /** How many rows each part has. */
  readonly rows: Readonly<Record<Part, number>>;
  /** The job was there already, and nothing was done. */
  readonly wasThere: boolean;
}

/** How far a copy is: rows that are there, of all. */
export type TellCopied = (part: Part, rows: number, all: number) => void;

/** The caller holds the locks of both. Throws JobError if the target has a job of its own. */
export async function moveJob(source: CopySource, target: CopyTarget, tell: TellCopied): Promise<Copied> {
  const { mark } = source;
  const hasLeft = mark?.state === 'left' && (mark.to === target.shown || isSameJob(source, target));
  if (!hasLeft) assertHere(source.shown, mark);
  const sums = await source.sums();
  const rows = rowsOf(sums);
  if (target.there?.mark === null) {
    if (hasLeft && isSameJob(source, target)) return { rows, wasThere: true };
    throw new JobError('exists', `${target.shown} is there already; nothing was changed`);
  }
  const begun: Arriving = {
    ...{ state: 'arriving', from: source.shown, source: `${JSON.stringify(sums)} ${await source.moment()}` },
    ...{ part: PARTS[0], after: firstKey(PARTS[0]), rows: 0 },
  };
  const from = goesOn(source, target, begun) ?? begun;
  if (from === begun && target.there !== null) await target.clear();
  await target.begin(source, from);
  await copyFrom(from, source, target, (part, count) => tell(part, count, rows[part]));
  const differing = partsThatDiffer(sums, await target.sums());
  if (differing.length > 0) throw new Error(`store: the copy differs from the job in ${differing.join(', ')}`);
  if (!hasLeft) await source.leave(target.shown);
  await target.arrive();
  return { rows, wasThere: false };
}

function rowsOf(sums: PartSums): Copied['rows'] {
  return Object.fromEntries(PARTS.map((part) => [part, sums[part][0]!])) as unknown as Copied['rows'];
}

/** How far an earlier copy is; null if there is no copy of the job as it is now. */
function goesOn(source: CopySource, target: CopyTarget, begun: Arriving): Arriving | null {
  const mark = target.there?.mark ?? null;
  if (mark?.state !== 'arriving' || !isSameJob(source, target)) return null;
  return mark.from === begun.from && mark.source === begun.source ? mark : null;
}

/** Each job has a random seed of its own. */
function isSameJob({ head }: CopySource, { there }: CopyTarget): boolean {
  return there !== null && String(there.seed) === String(head.seed);
}

async function copyFrom(
  begun: Arriving,
  source: CopySource,
  target: CopyTarget,
  tell: (part: Part, rows: number) => void,
): Promise<void> {
  let mark = begun;
  for (const part of PARTS.slice(PARTS.indexOf(begun.part))) {
    if (part !== mark.part) mark = { ...mark, part, after: firstKey(part), rows: 0 };
    for (;;) {
      const page = await source.page(part, mark.after);
      if (page.length === 0) break;
      mark = { ...mark, after: keyOfRow(part, page.at(-1)!), rows: mark.rows + page.length };
      await target.write(part, page, mark);
      tell(part, mark.rows);
    }
  }
}
