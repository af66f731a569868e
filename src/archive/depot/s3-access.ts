// Where S3 is and who we are: from the environment variables that all programs for S3 read.

import { UsageError } from '../../base/errors.ts';
import type { Credentials } from './signature.ts';

export interface S3Access {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
  /** The bucket is a part of the path, and not of the name of the host. */
  readonly isPathStyle: boolean;
}

/** A bucket, and what the names of the files begin with: empty, or ending in a slash. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const REGION_DEFAULT = 'us-east-1';
const NOT_FOR_HEADERS = /[^\x21-\x7e]/;

/** Throws UsageError if something is missing or wrong. It never shows a value that may be secret. */
export function s3Access(place: string, bucket: string, environment: Environment): S3Access {
  const said = (...names: string[]): string => names.map((name) => environment[name]).find(Boolean) ?? '';
  const region = said('AWS_REGION', 'AWS_DEFAULT_REGION') || REGION_DEFAULT;
  const own = said('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  const endpoint = URL.parse(own || `https://s3.${region}.amazonaws.com`);
  const isWeb = endpoint !== null && /^https?:$/.test(endpoint.protocol);
  if (!isWeb || endpoint.username !== '' || endpoint.password !== '' || endpoint.search !== '') {
    const name = environment['AWS_ENDPOINT_URL_S3'] ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
    const [variable, what] =
      own === '' ? ['AWS_REGION', 'the name of a region'] : [name, 'an http or https URL without a name or password'];
    throw new UsageError(`${place}: ${variable} is not ${what}.`);
  }
  const credentials = {
    accessKeyId: said('AWS_ACCESS_KEY_ID'),
    secretAccessKey: said('AWS_SECRET_ACCESS_KEY'),
    sessionToken: said('AWS_SESSION_TOKEN'),
  };
  if (credentials.accessKeyId === '' || credentials.secretAccessKey === '') {
    throw new UsageError(`${place} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.`);
  }
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
  })) {
    if (NOT_FOR_HEADERS.test(value))
      throw new UsageError(`${place}: ${name} contains a space or a sign that no header may have.`);
  }
  // A certificate for *.s3.REGION.amazonaws.com does not cover a name with dots.
  return { endpoint, region, credentials, isPathStyle: own !== '' || bucket.includes('.') };
}

/** The parts of `s3://BUCKET/PREFIX`; null if the text is none. */
export function s3Place(text: string): S3Place | null {
  const [, bucket, rest = ''] = /^s3:\/\/([a-z0-9][\w.-]{1,61}[a-z0-9])(\/[^\s\\?#]*)?$/i.exec(text) ?? [];
  if (bucket === undefined) return null;
  const segments = rest.split('/').filter(Boolean);
  if (segments.some((segment) => /^\.\.?$/.test(segment))) return null;
  return { bucket, prefix: segments.map((segment) => `${segment}/`).join('') };
}
