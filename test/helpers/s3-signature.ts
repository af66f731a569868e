// Checks AWS Signature Version 4 from what came over the wire. Written from the specification, apart from the program's
// own.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Expected {
  readonly ACCESS_KEY: string;
  readonly SECRET_KEY: string;
  readonly REGION: string;
  /** Empty if there is none. */
  readonly sessionToken: string;
}

const LATE_MS_MAX = 15 * 60_000;
const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/** The code of the error, as S3 has it; null if all is right. */
export function signatureFault(request: IncomingMessage, body: Buffer, expected: Expected): string | null {
  const { headers, method, rawHeaders } = request;
  const [, key, day, region, names = '', signature = ''] = FORM.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) return 'AccessDenied';
  if (key !== expected.ACCESS_KEY) return 'InvalidAccessKeyId';
  if (region !== expected.REGION) return 'AuthorizationHeaderMalformed';
  if ((headers['x-amz-security-token'] ?? '') !== expected.sessionToken) return 'InvalidToken';
  const hash = sha256(body);
  if (headers['x-amz-content-sha256'] !== hash) return 'XAmzContentSHA256Mismatch';
  const time = String(headers['x-amz-date']);
  if (isLate(time) || !time.startsWith(day!)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const own = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const isUnsigned = (name: string): boolean => /^(host|x-amz-.*|if-.*|range)$/.test(name) && !signed.includes(name);
  if (own.some(isUnsigned)) return 'AccessDenied';

  const [path, query = ''] = request.url!.split('?');
  const pairs = query === '' ? [] : query.split('&').sort();
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = `${method}\n${path}\n${pairs.join('&')}\n${lines}\n${names}\n${hash}`;
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  let secret: Buffer = Buffer.from(`AWS4${expected.SECRET_KEY}`);
  for (const part of scope.split('/')) secret = hmac(secret, part);
  const right = hmac(secret, text);
  return timingSafeEqual(right, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}

function isLate(time: string): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return !(Math.abs(at - Date.now()) < LATE_MS_MAX);
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
