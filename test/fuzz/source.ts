// Where the modules come from that are put to the test: this checkout, or a copy of it with a bug.

export const SOURCE = new URL('../../src/', import.meta.url);
