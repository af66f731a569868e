// A private nginx over one folder, with its own log, on a free port of loopback.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Nginx extends AsyncDisposable {
  readonly root: string;
  /** Paths in the order of the answers. */
  requests(): string[];
}

export function hasNginx(): boolean {
  return spawnSync('nginx', ['-v']).status === 0;
}

export async function startNginx(folder: string): Promise<Nginx> {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-nginx-'));
  const port = await freePort();
  const log = join(home, 'access.log');
  writeFileSync(join(home, 'nginx.conf'), configuration(home, folder, port));
  const child = spawn('nginx', ['-c', join(home, 'nginx.conf'), '-p', home], { stdio: 'ignore' });
  const root = `http://127.0.0.1:${port}/`;
  await answering(root, child);
  return {
    root,
    requests: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGQUIT');
      await closed;
      rmSync(home, { recursive: true });
    },
  };
}

function configuration(home: string, folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  return `
daemon off; worker_processes 1; pid ${home}/nginx.pid; error_log ${home}/error.log;
events { worker_connections 4096; }
http {
  ${temporary.join(' ')}
  types { text/html html; text/css css; application/javascript js; image/png png; image/svg+xml svg; }
  default_type application/octet-stream;
  log_format path '$request_uri'; access_log ${home}/access.log path;
  keepalive_requests 1000000; absolute_redirect off; sendfile on; tcp_nopush on;
  server { listen 127.0.0.1:${port} backlog=4096; root ${folder}; index index.html; disable_symlinks off; }
}`;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function answering(root: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(root, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise(setImmediate);
  }
  throw new Error(`nginx did not start on ${root}`);
}
