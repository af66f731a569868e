// What this program takes of the SDK of the Model Context Protocol. It is a file of its own, because the SDK is larger
// than all of a crawl: it is loaded when a server starts.

export { fromJsonSchema, Server } from '@modelcontextprotocol/server';
export { serveStdio } from '@modelcontextprotocol/server/stdio';
