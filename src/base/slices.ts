// Long work in slices. It is written once, as a generator that yields wherever a pause does no harm; the caller decides
// whether there are pauses.

export type Sliced<T> = Generator<void, T>;

export function atOnce<T>(work: Sliced<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** Lets the event loop run between the slices. Work that never yields is done when this returns. */
export async function inTurns<T>(work: Sliced<T>, turn: () => Promise<void>): Promise<T> {
  let step = work.next();
  while (step.done !== true) {
    await turn();
    step = work.next();
  }
  return step.value;
}
