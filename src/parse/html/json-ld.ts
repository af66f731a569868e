// Reads from a page's JSON-LD where its subjects are on the web: the `url` values that are http or https addresses.

/** The http(s) URLs of all `url` members at any depth; an empty list if the text is not JSON. */
export function jsonLdUrls(text: string): string[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return [];
  }
  const urls: string[] = [];
  // A stack of our own, because the nesting may be deep. It is reversed, so that the first URL is found first.
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at -= 1) open.push(value[at]);
      continue;
    }
    const members = Object.entries(value);
    for (const url of [Object.hasOwn(value, 'url') ? Reflect.get(value, 'url') : []].flat(1)) {
      if (isAddress(url)) urls.push(url);
    }
    for (let at = members.length - 1; at >= 0; at -= 1) open.push(members[at]![1]);
  }
  return urls;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
