// The exit codes of the program.

export const EXIT = {
  finished: 0,
  fatal: 1,
  usage: 2,
  machine: 3,
  gate: 10,
  interrupted: 11,
  held: 12,
  interruptedNow: 13,
  size: 14,
  time: 15,
  limit: 16,
} as const;
