// Cuts a long list of URLs into parts, so that the event loop gets a turn after each.

/** Where each part begins and ends: it has at most so many URLs, and at most so many characters or one URL. */
export function* partsOf(
  urls: readonly { readonly url: string }[],
  countMax: number,
  lengthMax: number,
): Generator<readonly [from: number, to: number]> {
  let from = 0;
  let length = 0;
  for (let at = 0; at < urls.length; at += 1) {
    length += urls[at]!.url.length;
    if (at === from || (at - from < countMax && length <= lengthMax)) continue;
    yield [from, at];
    from = at;
    length = urls[at]!.url.length;
  }
  if (from < urls.length) yield [from, urls.length];
}
