// A ledger whose every failure names the database: it may be damaged, or made by a stranger, and whoever reads it can mend nothing else.

import type { Ledger } from '../../base/contracts.ts';
import { asUnreadable } from './database.ts';

/** The same ledger, but what fails in it fails as JobError or MachineError. */
export function tellingLedger(location: string, ledger: Ledger): Ledger {
  const telling = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw asUnreadable(location, error);
    }
  };
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(ledger) as [keyof Ledger, (...given: unknown[]) => unknown][]) {
    told[name] = (...given: unknown[]): unknown => {
      const answer = telling(() => value(...given));
      return isGenerator(answer) ? tellingAll(answer, telling) : answer;
    };
  }
  return told as unknown as Ledger;
}

function isGenerator(answer: unknown): answer is Generator {
  return typeof answer === 'object' && answer !== null && 'next' in answer;
}

function* tellingAll(answer: Generator, telling: <T>(read: () => T) => T): Generator {
  try {
    for (;;) {
      const { done, value } = telling(() => answer.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    answer.return(undefined);
  }
}
