// What differs from system to system.

import { platform } from 'node:os';

/** Windows has no handle of a folder that could be synced: there a name is durable with the file that it belongs to. */
export const CAN_SYNC_FOLDERS = platform() !== 'win32';
