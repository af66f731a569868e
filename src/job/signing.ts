// The key with which a job signs its requests.

import { UsageError } from '../base/errors.ts';
import type { SignFields } from '../fetch/signature/layer.ts';
import type { SigningKey } from '../fetch/signature/sign.ts';
import type { CrawlOptions } from '../options/options.ts';
import { textIn } from './text-in.ts';

/**
 * Undefined if nothing is signed.
 * @throws UsageError if the file has no key of Ed25519.
 */
export async function signerOf({ signKey, signAgent }: Wishes): Promise<SignFields | undefined> {
  if (signKey === null) {
    if (signAgent === null) return undefined;
    throw new UsageError('--sign-agent is given without --sign-key: give the key too.');
  }
  const key = await keyIn(signKey);
  const { signatureFields } = await signing();
  return (authority, wallMs) => signatureFields({ key, agent: signAgent }, authority, wallMs);
}

/** The document in which servers find the key. */
export async function signatureDirectory(file: string): Promise<object> {
  const { directoryOf } = await signing();
  return directoryOf(await keyIn(file));
}

type Wishes = Pick<CrawlOptions, 'signKey' | 'signAgent'>;

/** It needs node:crypto, which few crawls do. */
function signing(): Promise<typeof import('../fetch/signature/sign.ts')> {
  return import('../fetch/signature/sign.ts');
}

async function keyIn(file: string): Promise<SigningKey> {
  const { signingKeyOf } = await signing();
  const key = signingKeyOf(textIn(file, '--sign-key'));
  if (key !== null) return key;
  throw new UsageError(
    `--sign-key: ${file} has no private key of Ed25519, as PEM (openssl genpkey -algorithm ed25519) or as a JWK.`,
  );
}
