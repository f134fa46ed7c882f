/** Okta's ids have 20 characters, its logins at most 100. */
const LONGEST = 1000;

/**
 * An id as one segment of a path; `undefined` for a text that no URL can carry, or that a URL would read as another
 * path.
 */
export function segment(id: string): string | undefined {
  const isNone = id === '' || id === '.' || id === '..' || id.length > LONGEST || !id.isWellFormed();
  return isNone ? undefined : encodeURIComponent(id);
}
