// A private nginx over one folder, on a free port of loopback, with a log that says what was asked of it.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORK } from './measure.ts';

export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the epoch, when the answer was complete. */
  readonly at: number;
  readonly contentType: string;
  /** The content coding that the answer had; `-` if it had none. */
  readonly coding: string;
}

export interface Manners {
  /** A file `x.gz` beside `x`, or `x.br` where the server can, is what is sent, with its coding. */
  readonly isCoded?: boolean;
  /** The certificate vouches for itself. */
  readonly isSecure?: boolean;
  /** With TLS: it chooses HTTP/2 where that is offered. */
  readonly isHttp2?: boolean;
}

/** The module that Debian packs as `libnginx-mod-http-brotli-static`. */
const BROTLI = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so';

export function hasBrotli(): boolean {
  return existsSync(BROTLI);
}

export interface Nginx extends AsyncDisposable {
  readonly root: string;
  /** The place in the log; what is logged later is after it. */
  mark(): number;
  since(mark: number): LoggedRequest[];
}

export async function startNginx(folder: string, manners: Manners = {}): Promise<Nginx> {
  const home = mkdtempSync(join(WORK, 'nginx-'));
  const port = await freePort();
  const log = join(home, 'access.log');
  const file = join(home, 'nginx.conf');
  writeFileSync(file, configuration(home, folder, port, manners));
  if (manners.isSecure === true) makeCertificate(home);
  const child = spawn('nginx', ['-c', file, '-p', home, '-e', join(home, 'error.log')], { stdio: 'ignore' });
  const root = `${manners.isSecure === true ? 'https' : 'http'}://127.0.0.1:${port}/`;
  await answering(port, child, join(home, 'error.log'));
  return {
    root,
    mark: () => statSync(log).size,
    since: (mark) => linesAfter(log, mark).map(readLine),
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.kill('SIGQUIT');
      await exit;
      rmSync(home, { recursive: true });
    },
  };
}

// Master and worker as root where we are root: a worker under another name could not read a folder of ours.
function configuration(
  home: string,
  folder: string,
  port: number,
  { isCoded = false, isSecure = false, isHttp2 = false }: Manners,
): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const tls = isSecure ? `ssl_certificate ${home}/cert.pem; ssl_certificate_key ${home}/key.pem;` : '';
  const brotli = isCoded && hasBrotli();
  return `
${brotli ? `load_module ${BROTLI};` : ''}
daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid ${home}/nginx.pid; error_log ${home}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; multi_accept on; }
http {
  ${temporary.join('\n  ')}
  types { text/html html; text/css css; application/javascript js; image/png png; image/svg+xml svg; text/plain txt; }
  default_type application/octet-stream;
  log_format bench '$request_uri $status $msec $sent_http_content_type $sent_http_content_encoding';
  access_log ${home}/access.log bench;
  keepalive_requests 100000000; keepalive_timeout 60s; absolute_redirect off;
  sendfile on; tcp_nopush on; gzip off; gzip_static ${isCoded ? 'on' : 'off'}; ${brotli ? 'brotli_static on;' : ''}
  ${tls}
  server { listen 127.0.0.1:${port} ${isSecure ? `ssl${isHttp2 ? ' http2' : ''}` : ''} backlog=4096; root ${folder}; index index.html; }
}`;
}

function linesAfter(file: string, mark: number): string[] {
  const size = statSync(file).size - mark;
  const bytes = Buffer.alloc(size);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, size, mark);
  closeSync(descriptor);
  return bytes.toString().split('\n').filter(Boolean);
}

function readLine(line: string): LoggedRequest {
  const [path, status, seconds, contentType, coding] = line.split(' ');
  return {
    ...{ path: path!, status: Number(status), at: Number(seconds) * 1000 },
    ...{ contentType: contentType!, coding: coding! },
  };
}

function makeCertificate(home: string): void {
  const to = ['-keyout', join(home, 'key.pem'), '-out', join(home, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...name, ...to], { stdio: 'ignore' });
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answering(port: number, child: ChildProcess, errors: string): Promise<void> {
  const isUp = (): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    return once(socket, 'connect')
      .then(
        () => true,
        () => false,
      )
      .finally(() => socket.destroy());
  };
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${readFileSync(errors, 'utf8')}`);
    if (await isUp()) return;
    await sleep(50);
  }
  throw new Error(`nginx does not answer on port ${port}`);
}
