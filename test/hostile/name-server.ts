// A server of names for a network of its own: what each name is answered with, by its first label.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const CODES: Readonly<Record<string, number>> = { nxdomain: 3, servfail: 2, empty: 0 };

/** On port 53 of loopback; other names do not exist. */
export async function serveNames(): Promise<AsyncDisposable> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    const label = question.toString('latin1', 13, 13 + question[12]!);
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8180 | (CODES[label] ?? 3), 2);
    // No records of any kind beside the question.
    answer.fill(0, 6, 12);
    socket.send(answer.subarray(0, endOfQuestion(answer)), port, address);
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function endOfQuestion(message: Buffer): number {
  let at = 12;
  while (message[at] !== 0) at += message[at]! + 1;
  return at + 5;
}
