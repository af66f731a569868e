// What one HTTP proxy is told of its user: Basic at once, Digest (RFC 7616) once the proxy has asked for it. This file
// alone knows the nonces of a proxy; whoever sent what it refused asks again.

import { headerAll, headerOf } from '../../base/headers.ts';
import type { ProxyAddress } from '../../url/proxy.ts';
import { readChallenges } from '../auth/challenges.ts';
import { beginDigest, type DigestSession, digestField, takeNextNonce } from '../auth/digest.ts';
import { digestIn, wishesOf } from '../auth/wishes.ts';

/** A proxy, and what is known of its wishes. */
export interface ProxyRoute extends ProxyAddress {
  readonly login: ProxyLogin;
}

/** `digestAlone`: no password is sent as Basic. */
export function withLogin(address: ProxyAddress, digestAlone: boolean): ProxyRoute {
  return { ...address, login: new ProxyLogin(address, digestAlone) };
}

export class ProxyLogin {
  /** How often it asked for another answer than it got, and can have one. */
  asked = 0;
  readonly #user: string;
  readonly #password: string;
  readonly #digestAlone: boolean;
  #session: DigestSession | null = null;
  /**
   * Sessions of which no nonce was used. Counts that do not come in their order make a nonce useless for many proxies,
   * so each request that was refused for that has a nonce of its own.
   */
  readonly #fresh: DigestSession[] = [];
  #hasAccepted = false;

  constructor({ username, password }: ProxyAddress, digestAlone: boolean) {
    this.#user = username;
    this.#password = password;
    this.#digestAlone = digestAlone;
  }

  get #isOpen(): boolean {
    return this.#user === '' && this.#password === '';
  }

  /** The line of the head, with its end; empty if there is nothing to say. `uri` is what the request line has. */
  lineFor(method: string, uri: string): string {
    const field = this.#fieldFor(method, uri);
    return field === null ? '' : `Proxy-Authorization: ${field}\r\n`;
  }

  #fieldFor(method: string, uri: string): string | null {
    if (this.#isOpen) return null;
    this.#session = this.#fresh.pop() ?? this.#session;
    if (this.#session !== null) return digestField(this.#session, { user: this.#user }, method, uri);
    const basic = Buffer.from(`${this.#user}:${this.#password}`, 'utf8').toString('base64');
    return this.#digestAlone ? null : `Basic ${basic}`;
  }

  accepted(headers: readonly string[]): void {
    this.#hasAccepted = true;
    if (this.#session !== null) takeNextNonce(this.#session, headerOf(headers, 'proxy-authentication-info'));
  }

  /** It answered with 407. Returns what it wants: the rest of a sentence about it. */
  refused(headers: readonly string[]): string {
    if (this.#isOpen) return 'wants a user name and a password';
    const challenges = readChallenges(headerAll(headers, 'proxy-authenticate'));
    const troubles: string[] = [];
    const digest = digestIn(challenges, troubles);
    const wantsBasic = challenges.some(({ scheme }) => scheme === 'basic');
    const isTried = this.#session !== null || (!this.#digestAlone && (wantsBasic || challenges.length === 0));
    // A proxy that was started anew does not know its nonces, and does not say that they are stale.
    if (digest !== null && (!isTried || digest.isStale || (this.#session !== null && this.#hasAccepted))) {
      this.#hasAccepted = false;
      this.#session = beginDigest(digest, { user: this.#user, password: this.#password });
      this.#fresh.push(this.#session);
      this.asked += 1;
    }
    if (isTried) return 'refuses this user name and password';
    return `asks for ${digest === null ? wishesOf(challenges, troubles, this.#digestAlone ? '--proxy-digest' : null) : 'Digest'}`;
  }
}
