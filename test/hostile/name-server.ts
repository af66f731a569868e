// A server of names for a network of its own, over UDP and TCP. What it answers, the first label of a name says.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const A = 1;
const CNAME = 5;
const AAAA = 28;
/** QR, RD and RA of a header; the code of the answer is in its lowest bits. */
const ANSWER = 0x8180;
const TRUNCATED = 0x0200;
const NO_NAME = 3;
/** A pointer to the name of the question. */
const ASKED = Buffer.from([0xc0, 12]);
const LOOPBACK = Buffer.from([127, 0, 0, 1]);

interface Question {
  readonly label: string;
  readonly type: number;
  readonly isTcp: boolean;
}

interface Answer {
  readonly flags?: number;
  readonly records?: readonly Buffer[];
  /** Instead of all that. */
  readonly bytes?: Buffer;
}

/** The length of each label stands before it. */
function encoded(text: string): Buffer {
  return Buffer.concat([
    ...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

const address = (owner: Buffer, bytes: Buffer): Buffer => record(owner, bytes.length === 4 ? A : AAAA, bytes);
const link = (from: string | Buffer, to: string | Buffer): Buffer =>
  record(Buffer.isBuffer(from) ? from : encoded(from), CNAME, Buffer.isBuffer(to) ? to : encoded(to));
const chain = (length: number): Buffer[] =>
  Array.from({ length }, (_, at) => link(at === 0 ? ASKED : `c${at}.test`, `c${at + 1}.test`));
const loopbacks = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => address(ASKED, Buffer.from([127, 0, at >> 8, at & 255 || 1])));

/** By label; null for no answer at all. */
const ANSWERS: Readonly<Record<string, (question: Question) => Answer | null>> = {
  servfail: () => ({ flags: 2 }),
  empty: () => ({}),
  silent: () => null,
  refused: () => ({ flags: 5 }),
  chain: ({ type }) => ({ records: [...chain(12), ...(type === A ? [address(encoded('c12.test'), LOOPBACK)] : [])] }),
  loop: () => ({ records: [link(ASKED, 'l1.test'), link('l1.test', ASKED)] }),
  circle: () => ({ records: [link(ASKED, ASKED)] }),
  endless: () => ({ records: chain(1_500) }),
  // Over UDP only that there is more.
  long: ({ type, isTcp }) => (type === AAAA ? {} : isTcp ? { records: loopbacks(3_000) } : { flags: TRUNCATED }),
  never: () => ({ flags: TRUNCATED }),
  other: ({ type }) => ({ records: type === A ? [address(encoded('bank.test'), LOOPBACK)] : [] }),
  pointer: () => ({ records: [record(Buffer.from([0xc0, 29]), A, LOOPBACK)] }),
  short: () => ({ records: [record(ASKED, A, Buffer.from([127, 0])), record(ASKED, AAAA, LOOPBACK)] }),
  promised: () => ({ records: [], bytes: Buffer.from([0x81, 0x80, 0, 1, 0xff, 0xff, 0, 0, 0, 0]) }),
};

/** `four-7f000001` has the address 127.0.0.1, and `six-…` one of 16 bytes; several are parted by hyphens. */
function addressesOf({ label, type }: Question): Answer | null {
  const [kind, ...all] = label.split('-');
  if (kind !== 'four' && kind !== 'six') return null;
  const bytes = all.map((hex) => Buffer.from(hex, 'hex')).filter(({ length }) => length === (type === A ? 4 : 16));
  return { records: bytes.map((each) => address(ASKED, each)) };
}

/** The whole of an answer; null for none. */
function answerTo(question: Buffer, isTcp: boolean): Buffer | null {
  const end = endOfQuestion(question);
  const label = question.toString('latin1', 13, 13 + question[12]!).toLowerCase();
  const asked: Question = { label, type: question.readUInt16BE(end - 4), isTcp };
  const known = ANSWERS[label];
  const answer = known === undefined ? (addressesOf(asked) ?? { flags: NO_NAME }) : known(asked);
  if (answer === null) return null;
  const { flags = 0, records = [], bytes } = answer;
  const head = Buffer.from(question.subarray(0, end));
  // No records of any kind beside those of the answer.
  head.fill(0, 6, 12);
  head.writeUInt16BE(ANSWER | flags, 2);
  head.writeUInt16BE(records.length, 6);
  bytes?.copy(head, 2);
  return Buffer.concat([head, ...records]);
}

/** On port 53 of loopback; names that have no answer here do not exist. */
export async function serveNames(): Promise<AsyncDisposable> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address: from }) => {
    const answer = answerTo(question, false);
    if (answer !== null) socket.send(answer, port, from);
  });
  socket.bind(53, '127.0.0.1');
  const server = overTcp();
  server.listen(53, '127.0.0.1');
  await Promise.all([once(socket, 'listening'), once(server, 'listening')]);
  return {
    async [Symbol.asyncDispose]() {
      socket.close();
      server.close();
      await once(socket, 'close');
    },
  };
}

/** Each message has its length before it. */
function overTcp(): Server {
  return createServer((peer: Socket) => {
    let had = Buffer.alloc(0);
    peer.on('error', () => {});
    peer.on('data', (bytes: Buffer) => {
      had = Buffer.concat([had, bytes]);
      while (had.length >= 2 && had.length >= 2 + had.readUInt16BE(0)) {
        const length = had.readUInt16BE(0);
        const answer = answerTo(had.subarray(2, 2 + length), true);
        had = had.subarray(2 + length);
        if (answer === null) continue;
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(answer.length);
        peer.write(Buffer.concat([prefix, answer]));
      }
    });
  });
}

function endOfQuestion(message: Buffer): number {
  let at = 12;
  while (message[at] !== 0) at += message[at]! + 1;
  return at + 5;
}
