// Documents about jobs as a whole: the list, one job, and what is live.

import { amount, flag, list, named, object, oneOf, orNull, type TypeOf, text, time, told, whole } from './schema.ts';

export const errorAnswer = named(
  'ErrorAnswer',
  'What every answer with a status of 400 or more has.',
  object({
    error: object({
      code: told('A word that stays the same: `bad-filter`, `no-job`, `no-index`, `not-ours` ...', text),
      message: told('A sentence for people.', text),
      at: told('The place in the question that is wrong, in characters; null if that is not known.', orNull(whole)),
    }),
  }),
);

export const sessionAnswer = named(
  'SessionAnswer',
  'What the page needs before its first change.',
  object({
    postToken: told('Each POST carries it in the header `x-gossamer-token`.', text),
    version: text,
    viewOrigin: told('The origin that shows archived pages.', text),
  }),
);

export const sentence = named(
  'Sentence',
  'A sentence in pieces. A piece with `q` leads to the table of URLs with that filter.',
  list(object({ text, q: orNull(text) })),
);

export const urlCounts = named(
  'UrlCounts',
  'How many URLs are in each state.',
  object({ queued: whole, leased: whole, done: whole, failed: whole, skipped: whole }),
);

export const waitingNow = named(
  'WaitingFor',
  'What the crawl waits for.',
  object({
    host: told('The host, or `this machine`.', text),
    until: told('Null if it is left for a later run.', orNull(time)),
    why: text,
  }),
);

export const control = named(
  'Control',
  'Whether this process can steer the job. Where it cannot, `why` says the reason.',
  object({ isPossible: flag, why: orNull(text) }),
);

export const hostLane = named(
  'HostLane',
  'A host that was asked for something.',
  object({
    host: text,
    inFlight: whole,
    limit: told('The most requests in flight, as learnt; null if this run has not asked the host.', orNull(amount)),
    latencyMs: told('The median time to the first byte.', orNull(amount)),
    heldUntil: orNull(amount),
    why: orNull(text),
  }),
);

export const jobState = oneOf('running', 'finished', 'unfinished', 'unreadable');

const lineFields = {
  id: told('The name of the job in the paths of this API.', text),
  folder: text,
  roots: list(text),
  state: jobState,
  isOurs: told('This process crawls it.', flag),
  urls: urlCounts,
  requests: whole,
  bytes: whole,
  elapsedMs: amount,
  startedAt: told('When its first run began.', orNull(time)),
  updatedAt: told('The last sign of life.', orNull(time)),
  sentence,
  trouble: told('Why the job cannot be read; null if it can.', orNull(text)),
};

export const jobLine = named('JobLine', 'A job in the list.', object(lineFields));
export const jobsAnswer = named(
  'JobsAnswer',
  'The jobs that are served, newest first.',
  object({ jobs: list(jobLine), searchedIn: told('The folders that were looked through.', list(text)) }),
);

export const runLine = named(
  'RunLine',
  'One run of a job.',
  object({
    startedAt: time,
    endedAt: orNull(time),
    elapsedMs: amount,
    stoppedBy: orNull(text),
    requests: whole,
    bytes: whole,
    peakInFlight: whole,
  }),
);

export const jobAnswer = named(
  'JobAnswer',
  'All about one job.',
  object({
    ...lineFields,
    scope: text,
    include: list(text),
    exclude: list(text),
    depth: orNull(whole),
    pageRequisites: flag,
    stoppedBy: orNull(text),
    inFlight: whole,
    peakInFlight: whole,
    waitingFor: orNull(waitingNow),
    unreadSitemaps: whole,
    hosts: list(hostLane),
    runs: list(runLine),
    workers: list(object({ name: text, machine: text, hosts: whole, pagesPerSecond: amount, seenAt: time })),
    control,
    hasArchive: flag,
    index: told(
      'The index for searches. `renewing`: it was of another version or damaged, and is made again.',
      oneOf('ready', 'missing', 'renewing'),
    ),
    indexedUrls: told('How many URLs were looked at, while it is made again.', orNull(whole)),
    table: told('How far the table of URLs is read.', object({ rows: whole, of: whole, isComplete: flag })),
  }),
);

export const requestInFlight = named(
  'RequestInFlight',
  'A URL that is being worked on.',
  object({
    url: text,
    stage: told(
      '`request`: on the wire; `page`: read for links; `store`: on its way to the disk.',
      oneOf('request', 'page', 'store'),
    ),
    ageMs: amount,
  }),
);

export const paceSettings = named(
  'PaceSettings',
  'What may be changed while a crawl runs.',
  object({
    concurrency: told('The most requests in flight. No more than the crawl was started with.', whole),
    concurrencyMost: told('What the crawl was started with.', whole),
    hostConcurrency: whole,
    delayMs: amount,
    limit: told('The most URLs that are asked for; null is no limit.', orNull(whole)),
  }),
);

export const liveState = named(
  'LiveState',
  'The event `live`, at most five times a second.',
  object({
    at: time,
    state: jobState,
    sentence,
    urls: urlCounts,
    inFlight: whole,
    requests: whole,
    bytes: whole,
    pagesPerSecond: amount,
    bytesPerSecond: amount,
    elapsedMs: amount,
    leftMs: told('How long what is queued takes at this pace; null if nothing tells.', orNull(amount)),
    waitingFor: orNull(waitingNow),
    hosts: list(hostLane),
    flights: told(
      'The oldest first, at most a hundred; null where another process crawls.',
      orNull(list(requestInFlight)),
    ),
    isPaused: flag,
    isStopping: flag,
    pace: told('Null where another process crawls.', orNull(paceSettings)),
    control,
    notes: told('Traps, a shortage of files, an archive that cannot be moved: a sentence each.', list(text)),
  }),
);

export const failureLine = named(
  'FailureLine',
  'A request that failed, or a status of 400 and more.',
  object({
    at: time,
    url: text,
    error: orNull(text),
    status: orNull(whole),
    detail: orNull(text),
    isFinal: told('It is not asked again.', flag),
  }),
);

export const failuresEvent = named(
  'FailuresEvent',
  'The event `failures`: those since the last one, the oldest first; of many the last hundred.',
  object({ failures: list(failureLine) }),
);

export const ratePoint = named(
  'RatePoint',
  'What happened in the second before `at`.',
  object({ at: time, pages: amount, bytes: amount, failures: amount, isHeld: told('A host had to wait.', flag) }),
);

export const historyEvent = named(
  'HistoryEvent',
  'The first event, `history`: the last ten minutes and the last failures.',
  object({ rates: list(ratePoint), failures: list(failureLine) }),
);

export type ErrorAnswer = TypeOf<typeof errorAnswer>;
export type SessionAnswer = TypeOf<typeof sessionAnswer>;
export type Sentence = TypeOf<typeof sentence>;
export type UrlCounts = TypeOf<typeof urlCounts>;
export type Control = TypeOf<typeof control>;
export type HostLane = TypeOf<typeof hostLane>;
export type JobLine = TypeOf<typeof jobLine>;
export type JobsAnswer = TypeOf<typeof jobsAnswer>;
export type RunLine = TypeOf<typeof runLine>;
export type JobAnswer = TypeOf<typeof jobAnswer>;
export type RequestInFlight = TypeOf<typeof requestInFlight>;
export type PaceSettings = TypeOf<typeof paceSettings>;
export type LiveState = TypeOf<typeof liveState>;
export type FailureLine = TypeOf<typeof failureLine>;
export type FailuresEvent = TypeOf<typeof failuresEvent>;
export type RatePoint = TypeOf<typeof ratePoint>;
export type HistoryEvent = TypeOf<typeof historyEvent>;
