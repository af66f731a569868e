// Faults of files: at each point at which a crawl writes, the process is killed, the power goes, or the system refuses.

import type { Fault } from './faults.ts';
import type { Right } from './judge.ts';
import type { Call, Errno, Rule } from './preload.ts';
import { ERRNOS } from './preload.ts';
import type { Trial } from './trial.ts';

/** A call on files of one kind. */
interface Point {
  readonly name: string;
  readonly call: Call;
  readonly pattern: string;
  /** The fault is at one of the first so many calls. */
  readonly among: number;
  /** Only a trial whose options lead there. */
  readonly wanted?: { readonly compression?: 'none' };
  /** The run is asked to stop first: this is what it does while it closes, with URLs still queued. */
  readonly closing?: true;
}

const POINTS: readonly Point[] = [
  { name: 'archive-folder', call: 'mkdir', pattern: '*/archive', among: 1 },
  { name: 'archive-create', call: 'create', pattern: '*/archive/*.warc*', among: 2 },
  { name: 'archive-write', call: 'write', pattern: '*/archive/*.warc*', among: 16 },
  { name: 'archive-sync', call: 'sync', pattern: '*/archive/*.warc*', among: 12 },
  { name: 'archive-name-sync', call: 'sync', pattern: '*/archive', among: 2 },
  { name: 'part-create', call: 'create', pattern: '*/archive/*.part', among: 3 },
  { name: 'part-write', call: 'write', pattern: '*/archive/*.part', among: 5 },
  { name: 'part-read', call: 'open', pattern: '*/archive/*.part', among: 5 },
  { name: 'part-remove', call: 'unlink', pattern: '*/archive/*.part', among: 3 },
  { name: 'index-create', call: 'create', pattern: '*/indexes/*', among: 1 },
  { name: 'index-write', call: 'write', pattern: '*/indexes/*', among: 1 },
  { name: 'index-rename', call: 'rename', pattern: '*/indexes/*', among: 1 },
  { name: 'closing-index-write', call: 'write', pattern: '*/indexes/*', among: 1, closing: true },
  { name: 'closing-index-rename', call: 'rename', pattern: '*/indexes/*', among: 1, closing: true },
  { name: 'closing-log-remove', call: 'unlink', pattern: '*/gossamer.db-wal', among: 1, closing: true },
  { name: 'lock-create', call: 'create', pattern: '*/lock', among: 1 },
  { name: 'store-create', call: 'create', pattern: '*/gossamer.db', among: 1 },
  { name: 'store-log-create', call: 'create', pattern: '*/gossamer.db-wal', among: 1 },
  { name: 'store-log-write', call: 'write', pattern: '*/gossamer.db-wal', among: 60 },
  { name: 'store-log-sync', call: 'sync', pattern: '*/gossamer.db-wal', among: 12 },
  { name: 'store-name-sync', call: 'sync', pattern: '*/job', among: 1 },
  { name: 'checkpoint-write', call: 'write', pattern: '*/gossamer.db', among: 20 },
  { name: 'checkpoint-sync', call: 'sync', pattern: '*/gossamer.db', among: 2 },
  { name: 'log-create', call: 'create', pattern: '*/logs/*', among: 1 },
  { name: 'log-write', call: 'write', pattern: '*/logs/*', among: 1 },
];

/** So many calls are slow: 30 ms each. */
const SLOW_CALLS = 30;
const DEADLY = ['kill-before', 'kill-after', 'power-before', 'power-after'] as const;
const ON_WRITE: readonly Errno[] = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS'];
const ON_OPEN: readonly Errno[] = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'];
const OPENING: readonly Call[] = ['open', 'create'];
const KILLED: Right = ['SIGKILL'];
/**
 * A refusal that passes may be waited for; what does not pass is the machine's failure. What stopped the run by then is
 * told as it is.
 */
const REFUSED: Right = [0, 3];
const REFUSED_CLOSING: Right = [3, 11];

function actionsAt({ call }: Point): Rule['action'][] {
  const refusals = OPENING.includes(call) ? ON_OPEN : ON_WRITE;
  return [...DEADLY, ...refusals, 'slow', ...(call === 'write' ? (['short'] as const) : [])];
}

function rightFor(action: Rule['action'], { closing }: Point): Right {
  if (action.startsWith('kill') || action.startsWith('power')) return KILLED;
  if (action in ERRNOS) return closing === true ? REFUSED_CLOSING : REFUSED;
  return closing === true ? [11] : [0];
}

function faultAt(point: Point, action: Rule['action'], isForGood: boolean): Fault {
  const right = rightFor(action, point);
  const isRefusal = action in ERRNOS;
  return {
    name: `${action}${isForGood ? '-for-good' : ''} ${point.name}`,
    group: groupOf(action, isForGood),
    needs: 'library',
    wanted: { archive: true },
    run: async (trial) => {
      const first = trial.upTo(point.among);
      const times = isForGood ? 0 : action === 'slow' ? SLOW_CALLS : 1;
      const rules = [{ action, call: point.call, pattern: point.pattern, first, times }];
      // What did not come to its end under the fault may also have ended before the fault came.
      const also: Right = isRefusal ? right : [...right, point.closing === true ? 11 : 0];
      const { marks } = await trial.crawl(also, { rules }, point.closing === true ? stopSoon(trial) : undefined);
      if (isRefusal && point.name.startsWith('part-')) trial.mayRepeat(marks.length);
    },
  };
}

function groupOf(action: Rule['action'], isForGood: boolean): string {
  if (action.startsWith('kill')) return 'SIGKILL at a named point';
  if (action.startsWith('power')) return 'power cut at a named point';
  if (action === 'slow' || action === 'short') return `${action} calls`;
  return isForGood ? `${action} from a call on` : `${action} at one call`;
}

/** Asks the crawl to stop when it has asked for some pages. */
function stopSoon(trial: Trial): Parameters<Trial['crawl']>[2] {
  return async (run) => {
    await trial.site.requested(4 + trial.upTo(20));
    run.child.kill('SIGTERM');
  };
}

/** What a recovery does to files; each needs something to recover, which a first kill leaves. */
const RECOVERY_POINTS: readonly Point[] = [
  { name: 'cut', call: 'truncate', pattern: '*/archive/*', among: 1 },
  { name: 'cut-sync', call: 'sync', pattern: '*/archive/*.warc*', among: 1 },
  { name: 'remove', call: 'unlink', pattern: '*/archive/*', among: 2 },
  { name: 'open', call: 'open', pattern: '*/archive/*', among: 2 },
  { name: 'lock', call: 'create', pattern: '*/lock', among: 1 },
  { name: 'store-open', call: 'create', pattern: '*/gossamer.db', among: 1 },
  { name: 'store-log-write', call: 'write', pattern: '*/gossamer.db-wal', among: 3 },
  { name: 'store-log-sync', call: 'sync', pattern: '*/gossamer.db-wal', among: 1 },
  { name: 'checkpoint-write', call: 'write', pattern: '*/gossamer.db', among: 4 },
];

/** Leaves records that no row points to, and sometimes a torn one. */
async function leaveTail(trial: Trial): Promise<void> {
  const call = trial.random() < 0.5 ? 'write' : 'sync';
  const first = call === 'write' ? 2 + trial.upTo(16) : 1 + trial.upTo(10);
  await trial.crawl(['SIGKILL', 0], {
    rules: [{ action: 'kill-after', call, pattern: '*/archive/*', first, times: 1 }],
  });
}

function recoveryFault(point: Point, action: Rule['action'], deaths: number): Fault {
  const isDeadly = DEADLY.includes(action as 'kill-before');
  return {
    name: `${action} recovery-${point.name}${deaths > 1 ? '-again' : ''}`,
    group: `${isDeadly ? action.replace(/-.*/, '') : action} ${deaths > 1 ? "in the recovery's recovery" : 'in the recovery'}`,
    needs: 'library',
    wanted: { archive: true },
    run: async (trial) => {
      await leaveTail(trial);
      for (let death = 0; death < deaths; death += 1) {
        const { call, pattern, among } = point;
        const rules = [{ action, call, pattern, first: trial.upTo(among), times: 1 }];
        await trial.crawl(isDeadly ? ['SIGKILL', 0] : REFUSED, { rules });
      }
    },
  };
}

export const FILE_FAULTS: readonly Fault[] = [
  ...POINTS.flatMap((point) => [
    ...actionsAt(point).map((action) => faultAt(point, action, false)),
    ...(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS'] as const).map((action) => faultAt(point, action, true)),
  ]),
  ...RECOVERY_POINTS.flatMap((point) => [
    ...DEADLY.flatMap((action) => [recoveryFault(point, action, 1), recoveryFault(point, action, 2)]),
    recoveryFault(point, 'EIO', 1),
    recoveryFault(point, 'ENOSPC', 1),
  ]),
];
