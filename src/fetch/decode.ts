// Removes the content codings of a response, one after another (RFC 9110, section 8.4). `rawBody` stays as the server
// sent it; `body` becomes the decoded body. A body that expands too much is cut, and a damaged one gives what could be
// read.

import { BodyBudget } from '../base/body-budget.ts';
import type { Layer, Outcome } from '../base/contracts.ts';
import { fewAtOnce } from '../base/few-at-once.ts';
import { headerAll, headerOf, wordsOf } from '../base/headers.ts';
import { CONTENT_CODINGS_MAX, DECODE_FREE_BYTES, DECODE_JOBS_MAX, DECODE_RATIO_MAX } from '../base/limits.ts';
import { heldBytesOf, rawBodyBytes } from '../base/raw-body.ts';
import { NO_BYTES } from './blank-outcome.ts';
import {
  codingOf,
  codingsOf,
  type Decoded,
  decode,
  decodeAtOnce,
  isCoding,
  isEcho,
  isPlain,
  keptCoded,
  looksCoded,
  plain,
} from './coding.ts';

/** Types of text. An empty type is sniffed. */
const TEXT_TYPE = /^(?:$|text\/|application\/(?:[\w.+-]*[.+-])?(?:xml|json|javascript)\b)/i;
const CODING_SHOWN_MAX = 60;

/** Removes the content codings; a body is cut at `bytesMax`, or at the limit of the client. */
export type Decode = (outcome: Outcome, bytesMax?: number) => Outcome | Promise<Outcome>;

export function decodeLayer(undone: Decode): Layer {
  // Ten thousand requests may wait for an answer, and all that ask for nothing special share one callback.
  const usually = (outcome: Outcome): Outcome | Promise<Outcome> => undone(outcome);
  const upTo = (bytesMax: number) => (outcome: Outcome) => undone(outcome, bytesMax);
  return (next) => (request, signal) =>
    next(request, signal).then(request.bodyBytesMax === undefined ? usually : upTo(request.bodyBytesMax));
}

/** `bodyBytesMax`: a decoded body is cut at this size. */
export function createDecoding(bodyBytesMax: number, budget = new BodyBudget(Number.POSITIVE_INFINITY)): Decode {
  const inTurn = fewAtOnce(DECODE_JOBS_MAX);

  function undone(outcome: Outcome, bytesMax = bodyBytesMax): Outcome | Promise<Outcome> {
    if (rawBodyBytes(outcome) === 0 || headerOf(outcome.headers, 'content-encoding') === undefined) return outcome;
    const words = codingsOf(outcome.headers, 'content-encoding');
    if (words.length === 0) return withDoubt(outcome);
    if (words.length > CONTENT_CODINGS_MAX && !isEcho(words)) return withTooMany(outcome, words.length);
    if (outcome.spooled !== null) return withDoubt(stayingCoded(outcome, words, outcome.spooled.beginning));
    const result = undoLast(outcome, words, bytesMax);
    // A coded body takes memory while it waits for its turn.
    return result instanceof Promise ? budget.during(result.then(withDoubt), heldBytesOf(outcome)) : withDoubt(result);
  }

  /** Removes the coding that was applied last, then the others: `most` of those that are there. */
  function undoLast(
    outcome: Outcome,
    words: readonly string[],
    lengthMax: number,
    most = CONTENT_CODINGS_MAX,
  ): Outcome | Promise<Outcome> {
    const word = words.at(-1);
    if (word === undefined) return outcome;
    if (most === 0) return withTooMany(outcome, CONTENT_CODINGS_MAX + words.length);
    const { body } = outcome;
    const coding = codingOf(word, body);
    if (coding === null) return keptCoded(outcome, ofContent(word));
    const bytesMax = Math.min(lengthMax, Math.max(DECODE_FREE_BYTES, DECODE_RATIO_MAX * body.length));
    const next = (decoded: Decoded): Outcome | Promise<Outcome> => {
      const result = withDecoded(outcome, decoded);
      // What was not coded like this may still have the coding that is named before, as in an echo of Accept-Encoding.
      if (decoded.trouble === 'length') return result;
      return undoLast(result, words.slice(0, -1), lengthMax, decoded.trouble === 'plain' ? most : most - 1);
    };
    const atOnce = decodeAtOnce(coding, body, bytesMax);
    return atOnce === null ? inTurn(() => decode(coding, body, bytesMax, budget)).then(next) : next(atOnce);
  }

  return undone;
}

function withTooMany(outcome: Outcome, codings: number): Outcome {
  const detail = `${codings} content codings one on the other, ${CONTENT_CODINGS_MAX} are the most`;
  return { ...outcome, body: NO_BYTES, error: outcome.error ?? 'decode', detail };
}

/** Adds a remark if the header names a coding that is not known: the body is read without it. */
function withDoubt(outcome: Outcome): Outcome {
  const { headers, body, detail } = outcome;
  const values = headerAll(headers, 'content-encoding');
  if (detail !== '' || values.flatMap(wordsOf).every(isCoding)) return outcome;
  const isText = TEXT_TYPE.test(headerOf(headers, 'content-type')?.trim() ?? '');
  const looks = isText ? looksCoded(body) : null;
  const named = JSON.stringify(values.join(', ').slice(0, CODING_SHOWN_MAX));
  const doubt = looks === null ? '' : `: ${looks}, and was read as it came`;
  return { ...outcome, detail: `Content-Encoding ${named} names no coding that is known${doubt}` };
}

function ofContent(word: string): string {
  return `content coding ${JSON.stringify(word)}`;
}

/** A body in a file stays coded, because nothing parses it. A remark says if the coding is wrong or not supported. */
function stayingCoded(outcome: Outcome, words: readonly string[], beginning: Uint8Array): Outcome {
  const lacking = words.findLast((word) => codingOf(word, beginning) === null);
  if (lacking !== undefined) return keptCoded(outcome, ofContent(lacking));
  const coding = codingOf(words.at(-1)!, beginning)!;
  const remark = isPlain(coding, beginning) ? plain(coding, beginning).detail : '';
  return { ...outcome, detail: outcome.detail || remark };
}

function withDecoded(outcome: Outcome, { bytes, trouble, detail, isWhole = false }: Decoded): Outcome {
  if (trouble === null) return { ...outcome, body: bytes };
  // A body that was cut on its way cannot be whole now; that is reported already.
  if (outcome.truncated !== null && trouble === 'broken') return { ...outcome, body: bytes };
  if (trouble === 'plain') return { ...outcome, body: bytes, detail };
  if (trouble === 'length') return { ...outcome, body: bytes, detail, truncated: trouble };
  // Of two codings one may have lost something.
  const isAllThere = isWhole && (outcome.isDamaged !== true || outcome.isWhole === true);
  return { ...outcome, body: bytes, detail, isDamaged: true, isWhole: isAllThere };
}
