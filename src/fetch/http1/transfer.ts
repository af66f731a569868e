// Removes transfer codings besides chunked: `Transfer-Encoding: gzip, chunked` (RFC 9112, section 7). They are removed
// before any other part sees the body, so the archive and the digest have the bytes that the server meant to send.

import type { BodyBudget } from '../../base/body-budget.ts';
import type { Layer, Outcome } from '../../base/contracts.ts';
import { fewAtOnce } from '../../base/few-at-once.ts';
import { headerOf } from '../../base/headers.ts';
import { CONTENT_CODINGS_MAX, DECODE_JOBS_MAX } from '../../base/limits.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import { codingOf, codingsOf, type Decoded, decode, decodeAtOnce, keptCoded } from '../coding.ts';

/** `bodyBytesMax`: a body is cut at this size. */
export function transferLayer(bodyBytesMax: number, budget: BodyBudget): Layer {
  const inTurn = fewAtOnce(DECODE_JOBS_MAX);

  /** `words` are the codings that remain; the last one was applied last. */
  async function undone(outcome: Outcome, words: readonly string[], bytesMax: number): Promise<Outcome> {
    const word = words.at(-1);
    if (word === undefined) return outcome;
    const coding = codingOf(word, outcome.body);
    if (coding === null) return keptCoded(outcome, `transfer coding ${JSON.stringify(word)}`);
    const { body } = outcome;
    const decoded =
      decodeAtOnce(coding, body, bytesMax) ?? (await inTurn(() => decode(coding, body, bytesMax, budget)));
    const arrived = withArrived(outcome, decoded);
    return decoded.trouble === 'length' ? arrived : undone(arrived, words.slice(0, -1), bytesMax);
  }

  const upTo = (bytesMax: number) => (outcome: Outcome) => {
    const value = headerOf(outcome.headers, 'transfer-encoding');
    if (value === undefined || value === 'chunked' || outcome.rawBody.length === 0) return outcome;
    const words = codingsOf(outcome.headers, 'transfer-encoding');
    if (words.length <= CONTENT_CODINGS_MAX) return undone(outcome, words, bytesMax);
    const detail = `${words.length} transfer codings one on the other, ${CONTENT_CODINGS_MAX} are the most`;
    return { ...outcome, body: NO_BYTES, error: outcome.error ?? 'decode', detail };
  };
  const usually = upTo(bodyBytesMax);
  return (next) => (request, signal) =>
    next(request, signal).then(request.bodyBytesMax === undefined ? usually : upTo(request.bodyBytesMax));
}

/** A damaged body was damaged on its way: the rest never came. */
function withArrived(outcome: Outcome, { bytes, trouble, detail }: Decoded): Outcome {
  if (trouble === 'plain') return { ...outcome, detail };
  // Copied into memory of its own: blocks for bodies are reused, and zlib's output is part of a block that others use.
  const body = new Uint8Array(bytes);
  const { sha256: _, ...rest } = outcome;
  const arrived: Outcome = { ...rest, rawBody: body, body };
  if (trouble === null || outcome.truncated !== null) return arrived;
  if (trouble === 'length') return { ...arrived, truncated: 'length', isRawCut: true, detail };
  return { ...arrived, truncated: 'disconnect', error: outcome.error ?? 'disconnect', detail };
}
