// The system's Chromium, driven by playwright-core. Nothing is downloaded; without Chromium a test reports that it was
// skipped.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Null if it is not installed. */
export async function startChromium(): Promise<Browser | null> {
  const executablePath = findChromium();
  // Root, as in a container, has no sandbox.
  return executablePath === null ? null : chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Null if it is not installed. */
export function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
