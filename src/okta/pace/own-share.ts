import { ENDPOINTS } from '../endpoints.ts';

/** The endpoints whose buckets have the limits that were published for a Workforce org. */
const LISTS = [ENDPOINTS.users, ENDPOINTS.groups, ENDPOINTS.log] as const;

/**
 * The part of the org's limits that Okta's answers seem to show. No document says whether the headers show the org's
 * figures or this credential's share of them. When at least two of these buckets were seen and all that were are below
 * the published figures by the same part, they look like a share.
 */
export function ownShareShown(limitOf: (bucket: string) => number | undefined): number | undefined {
  const [part, ...others] = LISTS.flatMap(({ bucket: { name, limit: published } }) => {
    const shown = limitOf(name);
    return shown === undefined ? [] : [shown / published];
  });
  const isOne = part !== undefined && others.length > 0 && others.every((each) => each === part);
  return isOne && part < 1 ? part : undefined;
}
