/** One link: its target in angle brackets, then its parameters, whose quoted values may hold anything. */
const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"<>]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"<>]*)))?/g;

/** RFC 8288: the first `rel` counts, and it may name several relations. */
function isNext(parameters: string): boolean {
  for (const [, name, quoted, bare] of parameters.matchAll(PARAMETER)) {
    if (name?.toLowerCase() !== 'rel') continue;
    return (quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes('next');
  }
  return false;
}

/**
 * The target of `rel="next"` in the values of `Link` headers, or `undefined`. Okta sends one header per relation,
 * proxies join them with commas, and a URL may itself hold commas and semicolons. So the text is read by its angle
 * brackets and quotes, never split.
 */
export function nextLink(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  for (const [, target, parameters] of text.matchAll(LINK)) {
    if (isNext(parameters ?? '')) return target;
  }
  return undefined;
}
