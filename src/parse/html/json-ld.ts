// What a page says in JSON-LD about where its subjects are to be found: the `url` values that are addresses of the web.

/** The http(s) URLs of all `url` members, however deep; none where the text is no JSON. */
export function jsonLdUrls(text: string): string[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return [];
  }
  const urls: string[] = [];
  // A stack of our own: the nesting may be deep. Reversed, so that what stands first is found first.
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
