// Opens sockets. All of them read into one buffer, whose content is processed before the next read can overwrite it.

import { connect, type Socket } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { READ_BUFFER_BYTES, TLS_SESSIONS_MAX } from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';
import type { Origin } from './origins.ts';
import type { EndpointOf } from './ways.ts';

const tls = onDemand<typeof import('node:tls')>('node:tls');

/** Called with the socket as `this`, so one function serves all sockets. The bytes are at 0 to `length`. */
export type OnRead = (this: Socket, length: number, buffer: Uint8Array) => boolean;

/**
 * Opens a socket to an IP address for an origin, with TLS if the origin has it. With `through` TLS begins on that
 * socket, which leads to the origin, instead.
 */
export type Connect = (origin: Origin, address: string, through?: Socket) => Socket;

export interface ConnectRules {
  /** Accept any certificate. */
  readonly insecure: boolean;
  readonly contextFor: (origin: Origin) => SecureContext;
  readonly endpointOf: EndpointOf;
}

/** `versions` are the protocols that the peer may choose, by their names in the TLS handshake (RFC 7301). */
export function createConnect(
  { insecure, contextFor, endpointOf }: ConnectRules,
  versions: readonly string[],
  callback: OnRead,
): Connect {
  const onread = { buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES), callback };
  const sessions = new Map<string, Buffer>();
  const [ALPNProtocols, last] = [[...versions], versions.slice(-1)];

  function keepSession(key: string, session: Buffer): void {
    sessions.delete(key);
    if (sessions.size >= TLS_SESSIONS_MAX) sessions.delete(sessions.keys().next().value!);
    sessions.set(key, session);
  }

  return (origin, address, through) => {
    const { key, isSecure, hostname, isAddress, port, isSole } = origin;
    if (!isSecure) return connect({ ...endpointOf(address, port), noDelay: true, onread });
    const session = sessions.get(key);
    const options: ConnectionOptions & { onread: typeof onread } = {
      ...(through === undefined ? endpointOf(address, port) : { socket: through }),
      onread,
      secureContext: contextFor(origin),
      ALPNProtocols: isSole === false ? last : ALPNProtocols,
      // It is judged after the handshake, see trust.ts.
      rejectUnauthorized: false,
      // Only a name is sent (RFC 6066, section 3). The certificate is checked against the name or, without one, against
      // the address.
      ...(!isAddress && { servername: hostname.replace(/\.$/, '') }),
      ...(session && { session }),
    };
    const socket = tls().connect(options);
    socket.setNoDelay(true);
    // A session that is resumed is not judged by its name again.
    socket.on('session', (fresh: Buffer) => {
      if (insecure || socket.authorized) keepSession(key, fresh);
    });
    return socket;
  };
}
