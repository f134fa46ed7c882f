/**
 * The target of `rel="next"` in the values of `Link` headers, or `undefined`.
 * Okta sends one header per relation, proxies join them with commas, and a URL may itself hold commas and semicolons:
 * so the text is read by its angle brackets, never split.
 */
export function nextLink(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  for (const [, target, parameters] of text.matchAll(/<([^<>]*)>((?:\s*;[^<>]*)?)/g)) {
    if (target !== undefined && /;\s*rel\s*=\s*"?\s*next\s*"?\s*(?=[;,]|$)/i.test(parameters ?? ''))
      return target;
  }
  return undefined;
}
