// Reads links in the header of a response (RFC 8288, section 3) as its appendix B.2 describes. A malformed part ends
// the value; what was read before it counts.

export interface HeaderLink {
  readonly target: string;
  /** In lower case; empty if there is none. */
  readonly rel: string;
  readonly type: string;
}

const TARGET = /[\s,]*<([^>]*)>/y;
// Every part of the pattern may be empty, so the engine never has to try again.
const PARAMETER = /\s*;\s*([^\s=;,"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s;,]*)))?[^;,]*/sy;

/** The links of one header value. Links with an `anchor` belong to another resource and are left out. */
export function linksOfHeader(value: string): HeaderLink[] {
  const links: HeaderLink[] = [];
  let at = 0;
  for (let target = matched(TARGET, value, at); target !== null; target = matched(TARGET, value, at)) {
    at = TARGET.lastIndex;
    // The first parameter of a name counts (section 3.3).
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
