import type { ServerAnswer } from '../answer.ts';
import type { Ask } from './endpoint.ts';
import { getGroup, listGroupMembers, listGroupRoles, listGroups } from './groups-endpoints.ts';
import { listLogEvents } from './log-endpoint.ts';
import { describeOrg, listAssignees } from './org-endpoints.ts';
import type { Bucket } from './rate-windows.ts';
import { getUser, listUserFactors, listUserGroups, listUserRoles, listUsers } from './users-endpoints.ts';

interface Route {
  /** Its name in counts, refusals and logs. */
  readonly template: string;
  readonly pattern: RegExp;
  /** The rate-limit bucket; none for what costs no budget. */
  readonly bucket: Bucket | undefined;
  readonly isPublic: boolean;
  readonly answer: (ask: Ask) => ServerAnswer;
}

const ROUTES: readonly Route[] = [
  route('/api/v1/users/{id}/factors', 'users', listUserFactors),
  route('/api/v1/users/{id}/groups', 'users', listUserGroups),
  route('/api/v1/users/{id}/roles', 'users', listUserRoles),
  route('/api/v1/users/{id}', 'user', getUser),
  route('/api/v1/users', 'users', listUsers),
  route('/api/v1/groups/{id}/users', 'groups', listGroupMembers),
  route('/api/v1/groups/{id}/roles', 'groups', listGroupRoles),
  route('/api/v1/groups/{id}', 'group', getGroup),
  route('/api/v1/groups', 'groups', listGroups),
  route('/api/v1/iam/assignees/users', 'other', listAssignees),
  route('/api/v1/logs', 'logs', listLogEvents),
  { ...route('/.well-known/okta-organization', undefined, describeOrg), isPublic: true },
];

function route(template: string, bucket: Bucket | undefined, answer: Route['answer']): Route {
  const pattern = new RegExp(`^${template.replaceAll('.', String.raw`\.`).replace('{id}', '([^/]+)')}$`);
  return { template, pattern, bucket, isPublic: false, answer };
}

export interface FoundRoute {
  readonly route: Route;
  /** As it stands in the path. */
  readonly rawId: string;
}

export function findRoute(path: string): FoundRoute | undefined {
  for (const each of ROUTES) {
    const match = each.pattern.exec(path);
    if (match !== null) return { route: each, rawId: match[1] ?? '' };
  }
  return undefined;
}
