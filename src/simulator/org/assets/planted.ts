/** Stands in every field that must never be kept: found anywhere in a state, log, event or export, it is a leak. */
export const PLANTED_SECRET = 'planted-secret';

/** One that says where it was planted. */
export function planted(place: string): string {
  return `${PLANTED_SECRET}-${place}`;
}
