// Inputs 21 and 22: certificates that prove nothing, and a server that does not go on with its hello.

import { failed, type HostileInput } from '../hostile-input.ts';

const about = (
  letter: string,
  what: string,
  tls: HostileInput['tls'] & string,
  told: HostileInput['becomes'][string],
): HostileInput => ({
  ...{ number: `21${letter}`, what, group: 'host', tls, becomes: { '/': told } },
  ...(told.state === 'failed' ? { unasked: ['/', '/good', '/robots.txt'] } : {}),
});

export const CERTIFICATES: readonly HostileInput[] = [
  about('a', 'a certificate that is no longer valid', 'expired', failed('tls-expired')),
  about('b', 'a certificate that is not yet valid', 'not-yet-valid', failed('tls-not-yet-valid')),
  about('c', 'a certificate of another host', 'wrong-host', failed('tls-wrong-host')),
  about('d', 'a certificate that vouches for itself', 'self-signed', failed('tls-self-signed')),
  about('e', 'a certificate of an unknown issuer', 'unknown-issuer', failed('tls-unknown-issuer')),
  about('f', 'a certificate of 10,000 names', 'many-names', failed('tls-protocol')),
  {
    number: '22',
    what: 'a server that accepts and answers no hello',
    group: 'held',
    tls: 'silent',
    becomes: { '/': failed('tls-timeout') },
  },
];
