// The client of the official SDK, with `gossamer mcp` as its server.

import { fileURLToPath } from 'node:url';
import { type CallToolResult, Client, type RequestOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const ENTRY = fileURLToPath(new URL('./run-cli.ts', import.meta.url));

export interface McpClient extends AsyncDisposable {
  readonly client: Client;
  readonly pid: number;
  /** What the server has written on stderr. */
  stderr(): string;
  /** Calls a tool; an answer that says what is wrong is an McpFailure. */
  call<T>(name: string, given: object, options?: RequestOptions): Promise<T>;
  /** The code of what is wrong. */
  codeOf(name: string, given: object): Promise<string>;
}

export class McpFailure extends Error {
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The revisions of the protocol: with a handshake, as most clients speak it, and the one without. */
export const REVISIONS = { handshake: 'legacy', without: { pin: '2026-07-28' } } as const;

export async function startMcp(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  revision: keyof typeof REVISIONS = 'handshake',
): Promise<McpClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [ENTRY, 'mcp', ...args],
    env: { ...(process.env as Record<string, string>), ...env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: REVISIONS[revision] } });
  await client.connect(transport);
  // With the schemas of the tools the client checks each answer.
  await client.listTools();
  const call = async <T>(name: string, given: object, options?: RequestOptions): Promise<T> => {
    const result: CallToolResult = await client.callTool({ name, arguments: { ...given } }, options);
    if (result.isError !== true) return result.structuredContent as T;
    const [part] = result.content;
    throw new McpFailure(JSON.parse(part?.type === 'text' ? part.text : '').error);
  };
  return {
    client,
    get pid() {
      return transport.pid!;
    },
    stderr: () => stderr,
    call,
    async codeOf(name, given) {
      try {
        await call(name, given);
      } catch (error) {
        if (error instanceof McpFailure) return error.code;
        throw error;
      }
      return '';
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
