// The values of the options of connections.

import { proxyOf } from '../url/proxy.ts';
import { typedAddressesOf } from '../url/typed-address.ts';
import { rateOf } from './rates.ts';
import type { Kind } from './values.ts';

export const proxiesKind: Kind = {
  is: 'texts',
  isItem: (text) => proxyOf(text) !== null,
  expected:
    'the address of a proxy, written like http://USER:PASS@HOST:PORT (or https, socks5, socks5h), with the password percent-encoded',
};

export const resolveKind: Kind = {
  is: 'texts',
  isItem: (text) => typedAddressesOf(text) !== null,
  expected: 'a host, a port and an IP address, written like example.com:443:192.0.2.1',
};

/** An address or the name of an interface; whether the machine has it is seen when the job begins. */
export const sourceKind: Kind = {
  is: 'text',
  pattern: /^[\w.:@-]+$|^\[[\da-f:.]+\]$/i,
  expected: 'an IP address of this machine, or the name of one of its interfaces',
};

export const rateKind: Kind = {
  is: 'texts',
  isItem: (text) => rateOf(text) !== null,
  expected: 'a size per second, written like 500KB or 1.5MB, or example.com=100KB for one host',
};

/** It stands in a structured field (RFC 9651), between quotation marks. */
export const agentKind: Kind = {
  is: 'text',
  pattern: /^https:\/\/[!#-[\]-~]+$/i,
  expected: 'an https URL, written like https://bot.example',
};
