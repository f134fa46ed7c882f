/** An id as one segment of a path; `undefined` for what URLs take for a step up, or for no segment at all. */
export function segment(id: string): string | undefined {
  return id === '' || id === '.' || id === '..' ? undefined : encodeURIComponent(id);
}
