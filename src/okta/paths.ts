/** An id as one segment of a path; `undefined` for what no URL can carry, or takes for a step up or for no segment. */
export function segment(id: string): string | undefined {
  return id === '' || id === '.' || id === '..' || !id.isWellFormed() ? undefined : encodeURIComponent(id);
}
