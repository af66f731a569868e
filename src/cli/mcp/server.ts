// The server of the Model Context Protocol: it lists the tools, checks what they are given, and turns what goes wrong
// into an answer with a code. The protocol itself is that of its official SDK.

import type { CallToolResult, Server as ServerOfSdk } from '@modelcontextprotocol/server';
import { GossamerError } from '../../base/errors.ts';
import { asMachineError } from '../../base/machine.ts';
import { version } from '../../base/version.ts';
import type { Shell } from '../shell.ts';
import { NOTICE } from './page-text.ts';
import { type Call, type Tool, ToolError } from './tool.ts';

/** The protocol. It is large, so it is loaded when this server starts and handed on. */
type Sdk = typeof import('./sdk.ts');

const INSTRUCTIONS = `gossamer crawls websites and answers from what it has crawled. status lists the jobs (crawls); search, read, links and map answer from one of them; crawl begins one. ${NOTICE}`;

export interface McpServer {
  /** Resolves when the client has left. */
  readonly gone: Promise<void>;
  /** Ends the calls that run, lets them answer, and closes the connection. */
  close(): Promise<void>;
}

/** Serves the tools on stdin and stdout. `onTrouble` hears of messages that cannot be read. */
export async function startMcpServer(
  tools: readonly Tool[],
  { clock }: Pick<Shell, 'clock'>,
  onTrouble: (error: Error) => void,
): Promise<McpServer> {
  const sdk = await import('./sdk.ts');
  const stopping = new AbortController();
  const calls = new Set<Promise<unknown>>();
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  const offered = new Map(tools.map((tool) => [tool.name, offerOf(sdk, tool)]));
  const answer: Answer = (name, given, call) => {
    const signal = AbortSignal.any([call.signal, stopping.signal]);
    const answered = answerOf(offered, name, given, { ...call, signal });
    calls.add(answered);
    return answered.finally(() => calls.delete(answered));
  };
  const connection = sdk.serveStdio(() => serverOf(sdk, tools, answer), { onerror: onTrouble });
  process.stdin.once('close', leave).once('end', leave);
  process.stdout.once('error', leave);
  return {
    gone,
    async close() {
      stopping.abort();
      while (calls.size > 0) await Promise.allSettled(calls);
      // The last answers are written in the turn in which their calls end.
      await clock.turn();
      await connection.close();
    },
  };
}

interface Offered {
  readonly tool: Tool;
  /** What is wrong with what a tool was given; null if it fits. */
  check(given: unknown): Promise<string | null>;
}

function offerOf({ fromJsonSchema }: Sdk, tool: Tool): Offered {
  const { validate } = fromJsonSchema(tool.input.json)['~standard'];
  return {
    tool,
    async check(given) {
      const { issues } = await validate(given);
      return issues?.map(({ message }) => message).join('; ') ?? null;
    },
  };
}

type Answer = (name: string, given: unknown, call: Call) => Promise<CallToolResult>;

function serverOf({ Server }: Sdk, tools: readonly Tool[], answer: Answer): ServerOfSdk {
  const about = { name: 'gossamer', title: 'gossamer', version };
  const server = new Server(about, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
  server.setRequestHandler('tools/list', () => ({ tools: tools.map(described) }));
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    return answer(params.name, params.arguments ?? {}, {
      signal: mcpReq.signal,
      progress(progress, total, message) {
        if (progressToken === undefined) return;
        const told = { method: 'notifications/progress', params: { progressToken, progress, total, message } };
        mcpReq.notify(told).catch(() => {});
      },
    });
  });
  return server;
}

function described({ name, title, description, input, output, isReading }: Tool) {
  return {
    ...{ name, title, description },
    inputSchema: input.json as { type: 'object' },
    outputSchema: output.json as { type: 'object' },
    annotations: {
      ...{ title, readOnlyHint: isReading, destructiveHint: false, idempotentHint: isReading },
      openWorldHint: !isReading,
    },
  };
}

async function answerOf(
  offered: ReadonlyMap<string, Offered>,
  name: string,
  given: unknown,
  call: Call,
): Promise<CallToolResult> {
  const meant = offered.get(name);
  if (meant === undefined)
    return failure('unknown-tool', `There is no tool ${name}. The tools are ${[...offered.keys()].join(', ')}.`);
  const wrong = await meant.check(given);
  if (wrong !== null) return failure('bad-input', `${name}: ${wrong}.`);
  try {
    const result = (await meant.tool.run(given, call)) as Record<string, unknown>;
    const text = meant.tool.textOf?.(result) ?? JSON.stringify(result);
    return { content: [{ type: 'text', text }], structuredContent: result };
  } catch (error) {
    if (call.signal.aborted) return failure('cancelled', 'The call ended before there was an answer.');
    const known = error instanceof ToolError ? error : asMachineError(error, 'the machine failed');
    const code = known instanceof ToolError || known instanceof GossamerError ? known.code : 'internal';
    return failure(code, known instanceof Error ? known.message : String(known));
  }
}

/** A result that says what is wrong: for the model in words, for programs by its code. */
function failure(code: string, message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error: { code, message } }) }] };
}
