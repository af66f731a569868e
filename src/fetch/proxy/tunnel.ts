// A wire's way through a proxy: what is said there until the proxy passes on what we say.

import { PROXY_ANSWER_BYTES_MAX } from '../../base/limits-of-proxies.ts';
import type { Failure } from '../failure.ts';
import type { Tunnel, Wire } from '../net/wire.ts';
import { connectTalk, takesWholeRequests } from './connect-talk.ts';
import type { ProxyRoute } from './proxy-login.ts';
import { socks5Talk } from './socks5-talk.ts';
import { proxyFailure, type Remark, type Talk, type TunnelEnd } from './talk.ts';

/** A tunnel through the proxy; null if the proxy is given the whole request instead (RFC 9112, section 3.2.2). */
export function tunnelThrough(proxy: ProxyRoute, end: TunnelEnd, isSecure: boolean): Tunnel | null {
  if (takesWholeRequests({ isSecure, route: proxy })) return null;
  const isSocks = proxy.scheme.startsWith('socks');
  return new ProxyTunnel(proxy, isSocks ? socks5Talk(proxy, end) : connectTalk(proxy, end));
}

class ProxyTunnel implements Tunnel {
  readonly #proxy: ProxyRoute;
  readonly #talk: Talk;
  #wire: Wire | null = null;
  #turn: Remark | null = null;
  #pending: Buffer = Buffer.alloc(0);

  constructor(proxy: ProxyRoute, talk: Talk) {
    this.#proxy = proxy;
    this.#talk = talk;
  }

  begin(wire: Wire): void {
    this.#wire = wire;
    this.#goOn(this.#talk.next());
  }

  read(buffer: Buffer, length: number): void {
    this.#pending = Buffer.concat([this.#pending, buffer.subarray(0, length)]);
    while (this.#turn !== null) {
      const bytes = this.#turn.answer(this.#pending);
      if (bytes === 0) break;
      const answer = this.#pending.subarray(0, bytes);
      this.#pending = this.#pending.subarray(bytes);
      this.#goOn(this.#talk.next(answer));
    }
    if (this.#turn !== null && this.#pending.length > PROXY_ANSWER_BYTES_MAX) {
      this.#wire!.fail(proxyFailure(this.#proxy, 'its answer does not end'));
    }
  }

  /** The wire tells that it is lost. */
  lost(): void {}

  #goOn(step: IteratorResult<Remark, Failure | null>): void {
    this.#turn = step.done === true ? null : step.value;
    if (step.done !== true) this.#wire!.socket.write(step.value.say);
    else if (step.value !== null) this.#wire!.fail(step.value);
    // Nobody may speak before us: what else came could be taken for the answer of the origin.
    else if (this.#pending.length > 0) this.#wire!.fail(proxyFailure(this.#proxy, 'it says more than it was asked'));
    else this.#wire!.tunnelled();
  }
}
