// What the dispatcher works with.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type { Guard } from './guard.ts';
import type { RequestHead } from './http1/request-head.ts';
import type { DnsCache } from './net/dns.ts';
import type { Origins } from './net/origins.ts';

export interface DispatchParts {
  readonly origins: Origins;
  readonly requestHead: RequestHead;
  readonly dns: DnsCache;
  readonly admits: Guard['admits'];
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly minRateBytesPerSecond: number;
  readonly responseMsMax: number;
  readonly bodyBytesMax: number;
  readonly budget: BodyBudget;
  readonly insecure: boolean;
  /** Connections that may be open at a time, as long as some of them wait for work. */
  readonly connectionsMost: number;
  readonly onBytes: (bytes: number) => void;
}
