// A bucket of S3 as the place of complete archive files. An object is recognised by its length and by the SHA-256 of
// its file, which goes with it as metadata: so an upload whose last answer was lost is not taken for another file.

import type { Clock } from '../../base/clock.ts';
import { MachineError, UsageError } from '../../base/errors.ts';
import { PUTS_MAX, UPLOAD_PART_BYTES } from '../../base/limits.ts';
import { ArchiveAway } from '../../base/machine.ts';
import { AT_ONCE, type Depot, type DepotFile, type FileHere, notThere, type Upload } from './depot.ts';
import { digestOf } from './digest.ts';
import { type S3Place, s3Access } from './s3-access.ts';
import { createS3Client, type S3Answer } from './s3-client.ts';
import { textsOf, uploadTo } from './s3-upload.ts';
import { windowOn } from './window.ts';

const DIGEST = 'x-amz-meta-sha256';
/** The key for which an upload is begun and aborted, to see whether that is allowed. */
const PROBE = '.gossamer-may-write';
/** Answers of servers that the user can do something about, in words. */
const REFUSALS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  InvalidAccessKeyId: 'the access key is not known (AWS_ACCESS_KEY_ID)',
  SignatureDoesNotMatch: 'the access key or the secret key is wrong (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)',
  AccessDenied: 'access is denied',
  ExpiredToken: 'the credentials have expired (AWS_SESSION_TOKEN)',
  InvalidToken: 'the session token is wrong (AWS_SESSION_TOKEN)',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  AuthorizationHeaderMalformed: 'the bucket is in another region (AWS_REGION)',
  PermanentRedirect: 'the bucket is in another region, or at another endpoint (AWS_REGION, AWS_ENDPOINT_URL)',
  QuotaExceeded: 'its quota is used up',
};

interface There {
  readonly bytes: number;
  readonly tag: string;
  /** Empty if it was not put there by this program. */
  readonly sha256: string;
}

export function s3Depot(
  place: string,
  parsed: S3Place,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  partBytes = UPLOAD_PART_BYTES,
): Depot {
  const client = createS3Client(place, parsed, s3Access(place, parsed.bucket, environment), clock);
  const keyOf = (name: string): string => `${parsed.prefix}${name}`;
  const wordsOf = ({ status, code }: S3Answer): string => {
    const known = REFUSALS[code] ?? (status === 403 ? REFUSALS['AccessDenied'] : undefined);
    const answer = `${client.host} answers ${status}${code === '' ? '' : ` ${code}`}`;
    return known === undefined ? answer : `${known}; ${answer}`;
  };
  const refused = (answer: S3Answer): Error => new ArchiveAway(place, wordsOf(answer));
  /**
   * What is there under the name; null if nothing. It asks for the first byte, because the answer to a HEAD does not
   * say whether the bucket is missing, and there are servers whose answer to it has a body.
   */
  const look = async (name: string): Promise<There | null> => {
    const answer = await client.send({ method: 'GET', key: keyOf(name), headers: { range: 'bytes=0-0' } });
    const { status, code, headers } = answer;
    if (status === 404 && code !== 'NoSuchBucket') return null;
    const bytes = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]);
    if (status !== 206 || !Number.isSafeInteger(bytes)) throw refused(answer);
    return { bytes, tag: headers.etag ?? '', sha256: String(headers[DIGEST] ?? '') };
  };

  /** Uploads until the object is this file. `condition` gives what must hold, from what is there; null ends it. */
  const store = async (
    { name, path }: FileHere,
    upload: Upload,
    condition: (there: There | null) => Readonly<Record<string, string>> | null,
  ): Promise<void> => {
    const { bytes, sha256 } = await digestOf(path);
    const headers = { [DIGEST]: sha256, 'content-type': 'application/warc' };
    let begun = upload.begun;
    for (let puts = 0; ; puts += 1) {
      const there = await look(name);
      if (there?.bytes === bytes && there.sha256 === sha256) return;
      if (puts === PUTS_MAX) throw new ArchiveAway(place, `${name} is not there although it was uploaded`);
      const needed = condition(there);
      if (needed === null) throw taken(place, name);
      // There are servers that say of every object that it has another tag. Only this process replaces it.
      const isDenied = puts > 0 && 'if-match' in needed;
      await uploadTo(
        client,
        { key: keyOf(name), path, bytes, partBytes, headers, condition: isDenied ? {} : needed },
        { ...upload, begun },
        refused,
      );
      begun = '';
    }
  };

  return {
    place,
    async check() {
      const key = keyOf(PROBE);
      const begun = await client.send({ method: 'POST', key, query: { uploads: '' } });
      const [uploadId] = textsOf(begun.body.toString('utf8'), 'UploadId');
      if (begun.status !== 200 || uploadId === undefined) throw new UsageError(`${place}: ${wordsOf(begun)}.`);
      await client.send({ method: 'DELETE', key, query: { uploadId } });
    },
    put: (file, upload) => store(file, upload, (there) => (there === null ? { 'if-none-match': '*' } : null)),
    replace: (file, tag) => store(file, AT_ONCE, (there) => (there?.tag === tag ? { 'if-match': tag } : null)),
    async open(name): Promise<DepotFile> {
      const shown = `${place}/${name}`;
      const there = await look(name);
      if (there === null) throw notThere(shown);
      const fetchBytes = async (from: number, end: number): Promise<Buffer> => {
        if (from >= end) return Buffer.alloc(0);
        const headers = { range: `bytes=${from}-${end - 1}` };
        const answer = await client.send({ method: 'GET', key: keyOf(name), headers, bytesMax: end - from });
        if (answer.status === 206) return answer.body;
        if (answer.status === 416) return Buffer.alloc(0);
        throw answer.status === 404 && answer.code !== 'NoSuchBucket' ? notThere(shown) : refused(answer);
      };
      return { ...windowOn(shown, there.bytes, fetchBytes), tag: there.tag };
    },
  };
}

function taken(place: string, name: string): MachineError {
  const what = `${place}/${name} is there already and is another file, so nothing was written to it`;
  return new MachineError('archive', `${what}; give another place with --archive and run again to go on`);
}
