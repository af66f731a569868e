// What those who ask for a password can be answered with, and in words what they ask for.

import type { Challenge } from './challenges.ts';
import { type DigestChallenge, readDigest } from './digest.ts';

/** The first that can be answered: servers name the one that they prefer first. `troubles` gets why others cannot. */
export function digestIn(challenges: readonly Challenge[], troubles: string[]): DigestChallenge | null {
  for (const challenge of challenges) {
    if (challenge.scheme !== 'digest') continue;
    const read = readDigest(challenge);
    if (typeof read !== 'string') return read;
    troubles.push(read);
  }
  return null;
}

/** `unsent` is the option by which Basic is not sent; null if it is. */
export function wishesOf(
  challenges: readonly Challenge[],
  troubles: readonly string[],
  unsent: '--digest' | '--proxy-digest' | null,
): string {
  const others = challenges
    .filter(({ scheme }) => scheme !== 'digest')
    .map(({ scheme }) => (scheme === 'basic' && unsent !== null ? `Basic, which ${unsent} does not send` : scheme));
  return [...troubles, ...others].join(', ') || 'nothing that it names';
}
