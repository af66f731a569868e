// The names of the place where the servers listen.

import { hostname, networkInterfaces } from 'node:os';

/** What to listen on: `localhost` may be either of two addresses, and the printed one must be right. */
export function plainAddress(typed: string): string {
  const address = typed.toLowerCase();
  return address === 'localhost' ? '127.0.0.1' : address;
}

/** As browsers write it: without the usual port. */
export function withPort(name: string, port: number): string {
  return port === 80 ? name : `${name}:${port}`;
}

/** The names by which the server may be asked: another name that leads to its address is not among them. */
export function namesOf(address: string): string[] {
  if (isLoopback(address)) return [...new Set([inBrackets(address), '127.0.0.1', 'localhost', '[::1]'])];
  if (!isEvery(address)) return [inBrackets(address)];
  const others = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map((each) => inBrackets(each.address)),
  );
  return [...new Set(['localhost', hostname().toLowerCase(), ...others])];
}

/** The name in the printed address. */
export function shownName(address: string): string {
  if (!isEvery(address)) return inBrackets(address);
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return inBrackets(all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1');
}

/**
 * The name in the addresses for a browser. A content security policy cannot name an address of IPv6, so the page could
 * not show archived pages there. Every browser knows `::1` as localhost; other programs ask the system, which may not.
 */
export function browserName(address: string): string {
  return address === '::1' ? 'localhost' : shownName(address);
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

/** Every address of the machine. */
function isEvery(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function inBrackets(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
