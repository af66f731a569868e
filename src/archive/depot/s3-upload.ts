// Uploads a file to S3: a short one at once, a longer one in parts, of which a few are in memory. An upload in parts
// that an earlier process has begun goes on; what else was begun for the same key and is not wanted any more is
// aborted.

import { type FileHandle, open } from 'node:fs/promises';
import { UPLOAD_PARTS_AT_ONCE, UPLOAD_PARTS_MAX } from '../../base/limits.ts';
import type { Upload } from './depot.ts';
import type { S3Answer, S3Client } from './s3-client.ts';

export interface ToUpload {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  /** A longer file is uploaded in parts, each of this size or larger. */
  readonly partBytes: number;
  /** Metadata by which the object is recognised. */
  readonly headers: Readonly<Record<string, string>>;
  /** What must hold of the object that is there, as a header. */
  readonly condition: Readonly<Record<string, string>>;
}

/** `changed` if the condition does not hold, or the upload is gone: then somebody must look at what is there. */
export type Uploaded = 'done' | 'changed';

/** Throws what `refused` makes of an answer that ends everything. */
export async function uploadTo(
  client: S3Client,
  file: ToUpload,
  upload: Upload,
  refused: (answer: S3Answer) => Error,
): Promise<Uploaded> {
  const handle = await open(file.path, 'r');
  try {
    const told = await (file.bytes <= file.partBytes
      ? atOnce(client, file, handle, upload.signal)
      : inParts(client, file, handle, upload));
    if (told === null) return 'done';
    if (isChanged(told)) return 'changed';
    throw refused(told);
  } finally {
    await handle.close();
  }
}

/** Null if all went well; otherwise the answer that ended it. */
type Ended = S3Answer | null;

async function atOnce(client: S3Client, file: ToUpload, handle: FileHandle, signal: AbortSignal): Promise<Ended> {
  const body = await bytesAt(handle, 0, file.bytes);
  const put = (condition: ToUpload['condition']): Promise<S3Answer> =>
    client.send({ method: 'PUT', key: file.key, headers: { ...file.headers, ...condition }, body, signal });
  return unless200(await conditionally(file.condition, put));
}

async function inParts(client: S3Client, file: ToUpload, handle: FileHandle, upload: Upload): Promise<Ended> {
  const { key, bytes, condition } = file;
  const { signal } = upload;
  let name = upload.begun;
  let known = name === '' ? null : await partsOf(client, key, name, signal);
  if (known === null) {
    await abortAll(client, key, signal);
    const begun = await client.send({ method: 'POST', key, query: { uploads: '' }, headers: file.headers, signal });
    name = textsOf(begun.body.toString('utf8'), 'UploadId')[0] ?? '';
    if (begun.status !== 200 || name === '') return begun;
    await upload.note(name);
    known = new Map();
  }
  const partBytes = Math.max(file.partBytes, Math.ceil(bytes / UPLOAD_PARTS_MAX));
  const tags: string[] = [];
  let next = 0;
  let ended: Ended = null;
  const work = async (): Promise<void> => {
    for (let at = next; at * partBytes < bytes && ended === null; at = next) {
      next += 1;
      const length = Math.min(partBytes, bytes - at * partBytes);
      const there = known.get(at + 1);
      if (there?.bytes === length) {
        tags[at] = there.tag;
        continue;
      }
      const body = await bytesAt(handle, at * partBytes, length);
      const answer = await client.send({ method: 'PUT', key, query: partQuery(name, at + 1), body, signal });
      tags[at] = answer.headers.etag ?? '';
      ended ??= unless200(answer);
    }
  };
  await Promise.all(Array.from({ length: UPLOAD_PARTS_AT_ONCE }, work));
  if (ended !== null) return ended;
  const list = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${inXml(tag)}</ETag></Part>`);
  const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
  const query = { uploadId: name };
  const complete = (headers: ToUpload['condition']): Promise<S3Answer> =>
    client.send({
      method: 'POST',
      key,
      query,
      headers: { ...headers, 'content-type': 'application/xml' },
      body,
      signal,
    });
  const told = unless200(await conditionally(condition, complete));
  if (told !== null && isChanged(told)) await client.send({ method: 'DELETE', key, query, signal });
  return told;
}

function partQuery(uploadId: string, partNumber: number): Record<string, string> {
  return { uploadId, partNumber: String(partNumber) };
}

/** The parts that an upload has, by number; null if there is no such upload. */
async function partsOf(
  client: S3Client,
  key: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<Map<number, { readonly tag: string; readonly bytes: number }> | null> {
  const parts = new Map<number, { tag: string; bytes: number }>();
  for (let marker = ''; ; ) {
    const query = { uploadId, ...(marker === '' ? {} : { 'part-number-marker': marker }) };
    const { status, body } = await client.send({ method: 'GET', key, query, signal });
    if (status !== 200) return null;
    const xml = body.toString('utf8');
    for (const part of textsOf(xml, 'Part')) {
      const [number, tag, bytes] = ['PartNumber', 'ETag', 'Size'].map((name) => textsOf(part, name)[0] ?? '');
      parts.set(Number(number), { tag: tag!, bytes: Number(bytes) });
    }
    const after = textsOf(xml, 'NextPartNumberMarker')[0] ?? '';
    if (textsOf(xml, 'IsTruncated')[0] !== 'true' || after === '' || after === marker) return parts;
    marker = after;
  }
}

/** Aborts the uploads of this key that nobody goes on with. A server that cannot list them keeps them. */
async function abortAll(client: S3Client, key: string, signal: AbortSignal): Promise<void> {
  const { status, body } = await client.send({ method: 'GET', key: '', query: { uploads: '', prefix: key }, signal });
  if (status !== 200) return;
  for (const each of textsOf(body.toString('utf8'), 'Upload')) {
    const [uploadId] = textsOf(each, 'UploadId');
    if (uploadId === undefined || textsOf(each, 'Key')[0] !== key) continue;
    await client.send({ method: 'DELETE', key, query: { uploadId }, signal });
  }
}

/** Without the condition if the server does not know any: the caller has looked before. */
async function conditionally(
  condition: ToUpload['condition'],
  send: (condition: ToUpload['condition']) => Promise<S3Answer>,
): Promise<S3Answer> {
  const answer = await send(condition);
  return answer.status === 501 ? send({}) : answer;
}

function unless200(answer: S3Answer): Ended {
  return answer.status === 200 && answer.code === '' ? null : answer;
}

function isChanged({ status, code }: S3Answer): boolean {
  return status === 409 || status === 412 || code === 'NoSuchUpload' || code === 'PreconditionFailed';
}

async function bytesAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new Error('a file of the archive became shorter while it was uploaded');
    done += bytesRead;
  }
  return bytes;
}

/** What the elements of this name contain, in order. */
export function textsOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'));
  return [...found].map(([, text]) => text!.replace(/&(lt|gt|quot|apos|amp|#34|#39);/g, (_, sign) => SIGNS[sign]!));
}

const SIGNS: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  '#34': '"',
  '#39': "'",
};

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
