// The tools that a server offers.

import type { Shell } from '../shell.ts';
import type { CrawlBounds } from './crawl-options.ts';
import { crawlTool } from './crawl-tool.ts';
import { createMcpJobs } from './jobs.ts';
import { linksTool } from './links-tool.ts';
import { mapTool } from './map-tool.ts';
import { readTool } from './read-tool.ts';
import { searchTool } from './search-tool.ts';
import { statusTool } from './status-tool.ts';
import type { Tool } from './tool.ts';

interface Offer {
  /** The folder of new crawls. */
  readonly home: string;
  readonly store: string | null;
  /** Null if no tool may crawl. */
  readonly bounds: CrawlBounds | null;
}

export function toolsFor(given: readonly string[], { home, store, bounds }: Offer, shell: Shell): Tool[] {
  const jobs = createMcpJobs(given, home, store);
  const reading = [statusTool(jobs, shell), searchTool(jobs), readTool(jobs), linksTool(jobs), mapTool(jobs)];
  return bounds === null ? reading : [crawlTool(jobs, bounds, shell), ...reading];
}
