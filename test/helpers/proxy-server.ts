// Proxies of our own, over real sockets: HTTP with CONNECT and the absolute form, and SOCKS5, both with or without a
// password.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface ProxyServer extends AsyncDisposable {
  readonly port: number;
  /** Heads of requests; for SOCKS5 `HOST:PORT` of each. */
  readonly requests: readonly string[];
  readonly connections: number;
}

export interface ProxyManner {
  /** USER:PASS */
  readonly password?: string;
  /** Answers in the proxy's own name: the whole response, or the reply code of SOCKS5. */
  readonly refusal?: string | number;
  readonly tls?: TlsOptions;
}

export function httpProxy(manner: ProxyManner = {}): Promise<ProxyServer> {
  const wanted = manner.password && `Basic ${Buffer.from(manner.password).toString('base64')}`;
  return listening(manner, (socket, requests) => {
    // Each request of it has a listener.
    socket.setMaxListeners(0);
    let pending = '';
    const onData = (bytes: Buffer): void => {
      pending += bytes.toString('latin1');
      const end = pending.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      const head = pending.slice(0, end);
      pending = pending.slice(end);
      requests.push(head);
      const given = /^Proxy-Authorization: (.*)\r$/im.exec(head)?.[1];
      if (wanted !== undefined && given !== wanted) {
        const challenge = 'Proxy-Authenticate: Basic realm="p"\r\nContent-Length: 7\r\n\r\nproxy!\n';
        socket.write(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}`);
        return;
      }
      if (manner.refusal !== undefined) {
        socket.write(String(manner.refusal));
        return;
      }
      const [method, target = ''] = head.split(' ');
      const url = new URL(method === 'CONNECT' ? `http://${target}` : target);
      const upstream = connect(Number(url.port || 80), '127.0.0.1');
      const leave = (): unknown => upstream.destroy();
      upstream.on('error', () => socket.destroy());
      if (method === 'CONNECT') {
        socket.off('data', onData);
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        joined(socket, upstream);
      } else {
        upstream.write(
          head
            .replace(target, url.pathname + url.search)
            .replace(/^Connection: .*/im, 'Connection: close')
            .replace(/^Proxy-Authorization: .*\r\n/im, ''),
        );
        upstream.on('data', (bytes) => socket.write(bytes));
        upstream.on('close', () => socket.off('close', leave));
        socket.on('close', leave);
      }
    };
    socket.on('data', onData);
  });
}

export function socks5Proxy(manner: ProxyManner = {}): Promise<ProxyServer> {
  return listening(manner, (socket, requests) => {
    let step: 'greeting' | 'password' | 'request' = 'greeting';
    const onData = (bytes: Buffer): void => {
      if (step === 'greeting') {
        const wanted = manner.password === undefined ? 0 : 2;
        const isThere = bytes.subarray(2).includes(wanted);
        step = wanted === 0 ? 'request' : 'password';
        socket.write(Uint8Array.of(5, isThere ? wanted : 0xff));
        if (!isThere) socket.end();
      } else if (step === 'password') {
        const user = bytes.subarray(2, 2 + bytes[1]!).toString();
        const isRight = `${user}:${bytes.subarray(3 + bytes[1]!).toString()}` === manner.password;
        step = 'request';
        socket.write(Uint8Array.of(1, isRight ? 0 : 1));
        if (!isRight) socket.end();
      } else {
        socket.off('data', onData);
        const isName = bytes[3] === 3;
        const host = isName ? bytes.subarray(5, 5 + bytes[4]!).toString() : bytes.subarray(4, -2).join('.');
        const port = bytes.readUInt16BE(bytes.length - 2);
        requests.push(`${host}:${port}`);
        const reply = typeof manner.refusal === 'number' ? manner.refusal : 0;
        socket.write(Uint8Array.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
        if (reply === 0) joined(socket, connect(port, '127.0.0.1'));
        else socket.end();
      }
    };
    socket.on('data', onData);
  });
}

function joined(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [each, end] of [
    [one, other],
    [other, one],
  ] as const) {
    each.on('error', () => end.destroy());
    each.on('close', () => end.destroy());
  }
}

async function listening(
  { tls }: ProxyManner,
  serve: (socket: Socket, requests: string[]) => void,
): Promise<ProxyServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const accept = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, requests);
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
