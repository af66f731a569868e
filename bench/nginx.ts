// A private nginx over one folder, on a free port of loopback, with a log that says what was asked of it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORK } from './measure.ts';

export interface LoggedRequest {
  readonly path: string;
  readonly status: number;
  /** Milliseconds since the epoch, when the answer was complete. */
  readonly at: number;
  readonly contentType: string;
}

export interface Nginx extends AsyncDisposable {
  readonly root: string;
  /** The place in the log; what is logged later is after it. */
  mark(): number;
  since(mark: number): LoggedRequest[];
}

/** `isCoded`: a file `x.gz` beside `x` is what is sent, with its coding. */
export async function startNginx(folder: string, isCoded = false): Promise<Nginx> {
  const home = mkdtempSync(join(WORK, 'nginx-'));
  const port = await freePort();
  const log = join(home, 'access.log');
  const file = join(home, 'nginx.conf');
  writeFileSync(file, configuration(home, folder, port, isCoded));
  const child = spawn('nginx', ['-c', file, '-p', home, '-e', join(home, 'error.log')], { stdio: 'ignore' });
  const root = `http://127.0.0.1:${port}/`;
  await answering(root, child, join(home, 'error.log'));
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
function configuration(home: string, folder: string, port: number, isCoded: boolean): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  return `
daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid ${home}/nginx.pid; error_log ${home}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; multi_accept on; }
http {
  ${temporary.join('\n  ')}
  types { text/html html; text/css css; application/javascript js; image/png png; image/svg+xml svg; text/plain txt; }
  default_type application/octet-stream;
  log_format bench '$request_uri $status $msec $sent_http_content_type';
  access_log ${home}/access.log bench;
  keepalive_requests 100000000; keepalive_timeout 60s; absolute_redirect off;
  sendfile on; tcp_nopush on; gzip off; gzip_static ${isCoded ? 'on' : 'off'};
  server { listen 127.0.0.1:${port} backlog=4096; root ${folder}; index index.html; }
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
  const [path, status, seconds, contentType] = line.split(' ');
  return { path: path!, status: Number(status), at: Number(seconds) * 1000, contentType: contentType! };
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

async function answering(root: string, child: ChildProcess, errors: string): Promise<void> {
  const isUp = (): Promise<boolean> =>
    fetch(root, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${readFileSync(errors, 'utf8')}`);
    if (await isUp()) return;
    await sleep(50);
  }
  throw new Error(`nginx does not answer on ${root}`);
}
