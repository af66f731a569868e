// What somebody types into the filter or the search.

import { useEffect, useState } from 'preact/hooks';
import { after } from '../clock.ts';

const TYPING_MS = 150;

/** The text in the field. It is asked when the typing rests; a text that is asked elsewhere comes into the field. */
export function useTyped(asked: string, ask: (typed: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  useEffect(() => (typed === asked ? undefined : after(TYPING_MS, () => ask(typed))), [typed]);
  return [typed, setTyped];
}
