// Opens sockets to proxies.

import { connect, type Socket } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { READ_BUFFER_BYTES } from '../../base/limits.ts';
import { lazily, onDemand } from '../../base/on-demand.ts';
import type { ProxyAddress } from '../../url/proxy.ts';
import type { OnRead } from '../net/connect.ts';
import type { EndpointOf } from '../net/ways.ts';
import type { ProxyRules } from './routes.ts';

const tls = onDemand<typeof import('node:tls')>('node:tls');

/** Opens a socket to an IP address of a proxy, with TLS if the proxy has it. */
export type ConnectProxy = (proxy: ProxyAddress, address: string) => Socket;

export function createConnectProxy(
  { insecure, ca }: Pick<ProxyRules, 'insecure' | 'ca'>,
  callback: OnRead,
  endpointOf: EndpointOf,
): ConnectProxy {
  const onread = lazily(() => ({ buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES), callback }));
  const secureContext = lazily((): SecureContext => tls().createSecureContext(ca === null ? {} : { ca }));
  return ({ scheme, hostname, isAddress, port }, address) => {
    if (scheme !== 'https') return connect({ ...endpointOf(address, port), noDelay: true, onread: onread() });
    const options: ConnectionOptions & { onread: unknown } = {
      ...endpointOf(address, port),
      onread: onread(),
      secureContext: secureContext(),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: !insecure,
      ...(!isAddress && { servername: hostname }),
    };
    const socket = tls().connect(options);
    socket.setNoDelay(true);
    return socket;
  };
}
