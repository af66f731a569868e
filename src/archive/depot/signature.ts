// Signs requests to S3: AWS Signature Version 4, in the header Authorization
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).

import { onDemand } from '../../base/on-demand.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Empty if the credentials are not temporary. */
  readonly sessionToken: string;
}

export interface Unsigned {
  readonly method: string;
  readonly host: string;
  /** As it is requested, escaped. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Their names are in lower case. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyHash: string;
}

/** The headers to send; `at` is in wall milliseconds. */
export function signed(
  { method, host, path, query, headers, bodyHash }: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  region: string,
  at: number,
): Record<string, string> {
  const time = new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const all: Record<string, string> = { ...headers, host, 'x-amz-content-sha256': bodyHash, 'x-amz-date': time };
  if (sessionToken !== '') all['x-amz-security-token'] = sessionToken;
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name]!.trim()}`);
  const canonical = [method, path, queryText(query), ...lines, '', names.join(';'), bodyHash].join('\n');
  const parts = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const scope = parts.join('/');
  const text = ['AWS4-HMAC-SHA256', time, scope, crypto().hash('sha256', canonical)].join('\n');
  const hmac = (key: string | Buffer, data: string): Buffer => crypto().createHmac('sha256', key).update(data).digest();
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...all, authorization };
}

/** The query as it is requested and signed: sorted, each name with a value. */
export function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => [escaped(name), escaped(value)] as const);
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Escapes all but letters, digits and `-._~`. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
