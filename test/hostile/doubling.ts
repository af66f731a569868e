// What a reader costs while its input is doubled, in processor time of this thread: other work on the machine does not
// count.

/** A reader and its input, `size` characters long or about so. */
export interface Reader<Input> {
  readonly name: string;
  readonly make: (size: number) => Input;
  readonly read: (input: Input) => unknown;
  /** Of the smallest input. */
  readonly size?: number;
}

const DOUBLINGS = 3;
const TRIES = 3;
const SIZE = 32 * 1024;
/** Where so little is done nothing can be said of its growth. */
const FLOOR_MS = 40;
/**
 * Twice the work, and the noise of a machine that does other things too. A reader that takes the square makes it four.
 */
const GROWTH_MAX = 3;

/** Milliseconds by size, smallest first. */
export async function costs<Input>({ make, read, size = SIZE }: Reader<Input>): Promise<number[]> {
  const measured: number[] = [];
  for (let doubling = 0; doubling <= DOUBLINGS; doubling += 1) {
    const input = make(size * 2 ** doubling);
    let least = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = process.threadCpuUsage();
      await read(input);
      const { user, system } = process.threadCpuUsage(before);
      least = Math.min(least, (user + system) / 1_000);
      // Nothing will be said of this, or nothing else can be.
      if (least < FLOOR_MS || least > 1_000) break;
    }
    measured.push(least);
  }
  return measured;
}

/** Whether the time more than doubled twice in a row. */
export function isSteep(measured: readonly number[]): boolean {
  const grew = measured.map((ms, at) => at > 0 && ms > FLOOR_MS && ms > GROWTH_MAX * measured[at - 1]!);
  return grew.some((here, at) => here && grew[at - 1] === true);
}
