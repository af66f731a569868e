// Signs requests (RFC 9421) as "Web Bot Auth" wants it (draft-meunier-web-bot-auth-architecture): a server sees which
// key a crawler has, and finds the key in a directory of the crawler's owner.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** For how long a signed request is valid: clocks differ. */
const SIGNATURE_MS = 5 * 60_000;

export interface SigningKey {
  readonly own: KeyObject;
  /** The public half (RFC 8037, section 2). */
  readonly jwk: { readonly crv: 'Ed25519'; readonly kty: 'OKP'; readonly x: string };
  /** The thumbprint of the public half (RFC 7638): the name of the key. */
  readonly id: string;
}

/** Null if the text is no private key of Ed25519, in PEM (PKCS #8) or as a JWK. */
export function signingKeyOf(text: string): SigningKey | null {
  try {
    const isJson = text.trimStart().startsWith('{');
    const own = createPrivateKey(isJson ? { key: JSON.parse(text), format: 'jwk' } : text);
    if (own.asymmetricKeyType !== 'ed25519') return null;
    const { x } = createPublicKey(own).export({ format: 'jwk' });
    const jwk = { crv: 'Ed25519', kty: 'OKP', x: x! } as const;
    // Its members are in the order of the alphabet, as the thumbprint wants them.
    return { own, jwk, id: createHash('sha256').update(JSON.stringify(jwk)).digest('base64url') };
  } catch {
    return null;
  }
}

/** One part of a message that is signed: its identifier as it is serialised, and its value. */
export type Component = readonly [identifier: string, value: string];

/** What is signed (RFC 9421, section 2.5). `parameters` begin with a semicolon. */
export function signatureBase(components: readonly Component[], parameters: string): string {
  const lines = components.map(([identifier, value]) => `${identifier}: ${value}`);
  return [...lines, `"@signature-params": ${inputOf(components, parameters)}`].join('\n');
}

/** The value of Signature-Input (RFC 9421, section 4.1), after its label. */
export function inputOf(components: readonly Component[], parameters: string): string {
  return `(${components.map(([identifier]) => identifier).join(' ')})${parameters}`;
}

export function signed(key: SigningKey, base: string): string {
  return sign(null, Buffer.from(base, 'latin1'), key.own).toString('base64');
}

export interface SignatureRules {
  readonly key: SigningKey;
  /** The https URL of the directory's owner; null for no Signature-Agent. */
  readonly agent: string | null;
}

const LABEL = 'sig1';

/** The fields that sign a request for `authority`, as name, value, name, value; `wallMs` is the time. */
export function signatureFields(
  { key, agent }: SignatureRules,
  authority: string,
  wallMs: number,
  nonce: string = randomBytes(64).toString('base64'),
): string[] {
  const created = Math.floor(wallMs / 1000);
  const expires = created + SIGNATURE_MS / 1000;
  const parameters = `;created=${created};keyid="${key.id}";alg="ed25519";expires=${expires};nonce="${nonce}";tag="web-bot-auth"`;
  const components: Component[] = [['"@authority"', authority.toLowerCase()]];
  if (agent !== null) components.push([`"signature-agent";key="${LABEL}"`, `"${agent}"`]);
  const signature = signed(key, signatureBase(components, parameters));
  return [
    ...(agent === null ? [] : ['Signature-Agent', `${LABEL}="${agent}"`]),
    ...['Signature-Input', `${LABEL}=${inputOf(components, parameters)}`],
    ...['Signature', `${LABEL}=:${signature}:`],
  ];
}

/** The document at /.well-known/http-message-signatures-directory of the owner: a set of keys (RFC 7517). */
export function directoryOf({ jwk, id }: SigningKey): object {
  return { keys: [{ ...jwk, kid: id, use: 'sig' }] };
}
