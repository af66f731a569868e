// The servers of HTTP/2 that people run, each over one folder, on a free port of loopback.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';
import { freePort } from './nginx.ts';

export interface Http2Program extends AsyncDisposable {
  readonly root: string;
  /** The log, if it keeps one: the protocol and the path of each request. */
  log(): string[];
}

interface Place {
  readonly home: string;
  readonly folder: string;
  readonly port: number;
}

interface Program {
  readonly command: (place: Place) => readonly string[];
  readonly configuration?: (place: Place) => string;
}

export const MODULES = '/usr/lib/apache2/modules';

export const PROGRAMS: Readonly<Record<'nginx' | 'apache2' | 'nghttpd', Program>> = {
  nginx: {
    command: ({ home }) => ['nginx', '-c', join(home, 'conf'), '-p', home, '-e', join(home, 'error.log')],
    // It says GOAWAY after so many requests.
    configuration: ({ home, folder, port }) => `
daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log; ${isRoot() ? 'user root;' : ''}
events { worker_connections 256; }
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home}/${name};`).join(' ')}
  types { text/html html; } keepalive_requests 20;
  log_format it '$server_protocol $request_uri'; access_log ${home}/access.log it;
  ssl_certificate ${home}/cert.pem; ssl_certificate_key ${home}/key.pem;
  server { listen 127.0.0.1:${port} ssl http2; root ${folder}; index index.html; }
}`,
  },
  apache2: {
    command: ({ home }) => ['apache2', '-f', join(home, 'conf'), '-DFOREGROUND'],
    configuration: ({ home, folder, port }) =>
      `
ServerRoot ${home}
${['mpm_event', 'authz_core', 'dir', 'mime', 'socache_shmcb', 'ssl', 'http2'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${isRoot() ? 'User www-data\nGroup www-data' : ''}
ServerName 127.0.0.1
PidFile ${home}/pid
ErrorLog ${home}/error.log
TypesConfig /dev/null
AddType text/html .html
Listen 127.0.0.1:${port}
Protocols h2 http/1.1
SSLEngine on
SSLCertificateFile ${home}/cert.pem
SSLCertificateKeyFile ${home}/key.pem
DocumentRoot ${folder}
<Directory ${folder}>
Require all granted
</Directory>`,
  },
  nghttpd: {
    command: ({ home, folder, port }) => [
      ...['nghttpd', '-a', '127.0.0.1', '-d', folder, '--max-concurrent-streams=3', `${port}`],
      ...[join(home, 'key.pem'), join(home, 'cert.pem')],
    ],
  },
};

/** Why it cannot be started; false if it can. */
export function programMissing(name: keyof typeof PROGRAMS): string | false {
  const isThere = spawnSync('sh', ['-c', `command -v ${name}`], { env: pathWithSbin() }).status === 0;
  if (!isThere) return `${name} is not installed`;
  return name === 'apache2' && !existsSync(`${MODULES}/mod_http2.so`) ? 'apache2 has no mod_http2' : false;
}

/** `home` must be empty. */
export async function startProgram(
  name: keyof typeof PROGRAMS,
  home: string,
  folder: string,
  { key, cert }: Certificate,
): Promise<Http2Program> {
  const { command, configuration } = PROGRAMS[name];
  const place = { home, folder, port: await freePort() };
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'key.pem'), key);
  writeFileSync(join(home, 'cert.pem'), cert);
  if (configuration !== undefined) writeFileSync(join(home, 'conf'), configuration(place));
  const [program, ...args] = command(place);
  const child = spawn(program!, args, { stdio: 'ignore', env: pathWithSbin() });
  await answering(place.port, child, name);
  return {
    root: `https://127.0.0.1:${place.port}/`,
    log: () => readFileSync(join(home, 'access.log'), 'utf8').split('\n').filter(Boolean),
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function pathWithSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
}

/** Resolves when something listens on the port. */
export async function answering(port: number, child: ChildProcess, name: string): Promise<void> {
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
  });
  child.once('error', () => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    );
    socket.destroy();
    if (isUp) return;
    await new Promise(setImmediate);
  }
  throw new Error(`${name} did not start`);
}
