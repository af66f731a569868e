// Links that come in the header of a response (RFC 8288, section 3), read as its appendix B.2 says: what is malformed ends the value,
// and what was read before stays.

export interface HeaderLink {
  readonly target: string;
  /** Lower case; empty where there is none. */
  readonly rel: string;
  readonly type: string;
}

const TARGET = /[\s,]*<([^>]*)>/y;
// Every part may be empty, so that none is tried twice.
const PARAMETER = /\s*;\s*([^\s=;,"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s;,]*)))?[^;,]*/sy;

/** The links of one header value. Those with an `anchor` are of something else than the page, and left out. */
export function linksOfHeader(value: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  let at = 0;
  for (let target = matched(TARGET, value, at); target !== null; target = matched(TARGET, value, at)) {
    at = TARGET.lastIndex;
    // The first of a name counts (section 3.3).
    const parameters = new Map<string, string>();
    for (let next = matched(PARAMETER, value, at); next !== null; next = matched(PARAMETER, value, at)) {
      at = PARAMETER.lastIndex;
      const [, name = '', quoted, plain = ''] = next;
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? plain);
    }
    if (parameters.has('anchor')) continue;
    const rel = parameters.get('rel')?.toLowerCase() ?? '';
    links.push({ target: target[1]!, rel, type: parameters.get('type') ?? '' });
  }
  return links;
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
