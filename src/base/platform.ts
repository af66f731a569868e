// Differences between systems.

import { hostname, platform } from 'node:os';

/** On Windows a folder has no handle to sync: a name is durable with its file there. */
export const CAN_SYNC_FOLDERS = platform() !== 'win32';

/** What this machine is called in its network. */
export const machineName = hostname;
