// Certificates of every kind, made with openssl.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Why there can be none on this machine. */
export const NO_OPENSSL =
  spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl to make certificates with';

/** They are made in the folder `home`. */
export function certificateMaker(home: string) {
  /** It vouches for itself. */
  function certificate(name: string, ...extra: readonly string[]): Certificate {
    const [key, cert] = [join(home, `${name}.key`), join(home, `${name}.pem`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const files = ['-nodes', '-keyout', key, '-out', cert, '-subj', `/CN=${name}`];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      ...curve,
      ...files,
      '-addext',
      `subjectAltName=DNS:${name}`,
      ...extra,
    ]);
    assert.equal(made.status, 0, made.stderr.toString());
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }

  /** Signed by the certificate of `by`, which must be made, valid from and until so many days from now. */
  function issued(name: string, fromDays: number, untilDays: number, by = 'issuer.test', names = [name]): Certificate {
    const issuer = join(home, by);
    const request = join(home, 'request.pem');
    const key = join(home, `${name}.key`);
    const run = (...words: string[]): Buffer => {
      const made = spawnSync('openssl', words, { cwd: home });
      assert.equal(made.status, 0, made.stderr.toString());
      return made.stdout;
    };
    const date = (days: number): string =>
      new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    run('req', ...curve, '-nodes', '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    writeFileSync(join(home, 'index.txt'), '');
    writeFileSync(
      join(home, 'ca.cnf'),
      `[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n` +
        `[p]\ncommonName=supplied\n[e]\nsubjectAltName=@n\n[n]\n${names.map((each, at) => `DNS.${at}=${each}\n`).join('')}`,
    );
    const times = ['-startdate', date(fromDays), '-enddate', date(untilDays)];
    const signer = ['-config', 'ca.cnf', '-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`, '-in', request];
    const cert = run('ca', '-batch', '-notext', ...times, ...signer);
    return { key: readFileSync(key), cert };
  }

  /** Signed by the certificate of `by`, with extensions in the words of openssl. */
  function extended(name: string, by: string, ...extensions: readonly string[]): Certificate {
    const [key, cert] = [join(home, `${name}.key`), join(home, `${name}.pem`)];
    const run = (...words: string[]): void => {
      const made = spawnSync('openssl', words, { cwd: home });
      assert.equal(made.status, 0, made.stderr.toString());
    };
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    run('req', ...curve, '-nodes', '-keyout', key, '-out', 'request.pem', '-subj', `/CN=${name}`);
    writeFileSync(join(home, 'extensions.txt'), extensions.join('\n'));
    const signer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-extfile', 'extensions.txt', '-days', '1'];
    run('x509', '-req', '-in', 'request.pem', ...signer, '-out', cert);
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }

  return { certificate, issued, extended };
}
