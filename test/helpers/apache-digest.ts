// Apache with mod_auth_digest on a free port of loopback.

import { spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answering, isRoot, MODULES, pathWithSbin } from './http2-programs.ts';
import { freePort } from './nginx.ts';

/** Why there can be none on this machine. */
export const NO_APACHE =
  existsSync(`${MODULES}/mod_auth_digest.so`) && spawnSync('apache2', ['-v'], { env: pathWithSbin() }).status === 0
    ? false
    : 'there is no Apache with mod_auth_digest on this machine';

export interface ApacheDigest extends AsyncDisposable {
  readonly root: string;
  /** The status, the path and the user of each request. */
  log(): string[];
}

/** Serves these files, by name. */
export async function apacheDigest(
  files: ReadonlyMap<string, string>,
  user: string,
  password: string,
): Promise<ApacheDigest> {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-apache-'));
  const folder = join(home, 'files');
  mkdirSync(folder);
  // As root it gives up its rights first.
  chmodSync(home, 0o755);
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const port = await freePort();
  writeFileSync(join(home, 'users'), `${user}:members:${hash('md5', `${user}:members:${password}`)}\n`);
  writeFileSync(join(home, 'conf'), configuration(home, folder, port));
  const child = spawn('apache2', ['-f', join(home, 'conf'), '-DFOREGROUND'], { stdio: 'ignore', env: pathWithSbin() });
  await answering(port, child, 'apache2');
  return {
    root: `http://127.0.0.1:${port}/`,
    log: () => readFileSync(join(home, 'access.log'), 'utf8').split('\n').filter(Boolean),
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function configuration(home: string, folder: string, port: number): string {
  const modules = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_digest', 'dir', 'mime'];
  return `
ServerRoot ${home}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${isRoot() ? 'User www-data\nGroup www-data' : ''}
ServerName 127.0.0.1
PidFile ${home}/pid
ErrorLog ${home}/error.log
LogFormat "%>s %U %u" it
CustomLog ${home}/access.log it
TypesConfig /dev/null
AddType text/html .html
Listen 127.0.0.1:${port}
DocumentRoot ${folder}
<Directory ${folder}>
AuthType Digest
AuthName members
AuthDigestProvider file
AuthUserFile ${home}/users
Require valid-user
</Directory>
`;
}
