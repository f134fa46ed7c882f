import type { ServerAnswer } from '../answer.ts';
import {
  getApp,
  getAppUser,
  listAppGroups,
  listApps,
  listAppUsers,
  listGroupApps,
} from './apps-endpoints.ts';
import { getDevice, listDevices, listDeviceUsers } from './devices-endpoints.ts';
import type { Ask } from './endpoint.ts';
import { getGroup, listGroupMembers, listGroupRoles, listGroups } from './groups-endpoints.ts';
import {
  activateHook,
  createHook,
  deactivateHook,
  deleteHook,
  getHook,
  listHooks,
  replaceHook,
  verifyHook,
} from './hooks/endpoints.ts';
import { listCustomRoles, listRolePermissions } from './iam-endpoints.ts';
import { listLogEvents } from './log-endpoint.ts';
import { describeOrg, getOrg, getSupport, listAssignees } from './org-endpoints.ts';
import type { Bucket } from './rate-windows.ts';
import { getRule, listRules } from './rules-endpoints.ts';
import { getUser, listUserFactors, listUserGroups, listUserRoles, listUsers } from './users-endpoints.ts';

interface Route {
  /** Its name in counts, refusals and logs. */
  readonly template: string;
  readonly pattern: RegExp;
  /** The rate-limit bucket; none for what costs no budget. */
  readonly bucket: Bucket | undefined;
  readonly isPublic: boolean;
  /** By method. */
  readonly answers: Readonly<Partial<Record<string, Answering>>>;
}

type Answering = (ask: Ask) => ServerAnswer | Promise<ServerAnswer>;

const ROUTES: readonly Route[] = [
  route('/api/v1/users/{id}/factors', 'users', listUserFactors),
  route('/api/v1/users/{id}/groups', 'users', listUserGroups),
  route('/api/v1/users/{id}/roles', 'users', listUserRoles),
  route('/api/v1/users/{id}', 'user', getUser),
  route('/api/v1/users', 'users', listUsers),
  route('/api/v1/groups/rules/{id}', 'groups', getRule),
  route('/api/v1/groups/rules', 'groups', listRules),
  route('/api/v1/groups/{id}/apps', 'groups', listGroupApps),
  route('/api/v1/groups/{id}/users', 'groups', listGroupMembers),
  route('/api/v1/groups/{id}/roles', 'groups', listGroupRoles),
  route('/api/v1/groups/{id}', 'group', getGroup),
  route('/api/v1/groups', 'groups', listGroups),
  route('/api/v1/apps/{id}/users/{userId}', 'apps', getAppUser),
  route('/api/v1/apps/{id}/users', 'apps', listAppUsers),
  route('/api/v1/apps/{id}/groups', 'apps', listAppGroups),
  route('/api/v1/apps/{id}', 'app', getApp),
  route('/api/v1/apps', 'apps', listApps),
  route('/api/v1/devices/{id}/users', 'devices', listDeviceUsers),
  route('/api/v1/devices/{id}', 'devices', getDevice),
  route('/api/v1/devices', 'devices', listDevices),
  route('/api/v1/org/privacy/oktaSupport', 'other', getSupport),
  route('/api/v1/org', 'other', getOrg),
  route('/api/v1/iam/roles/{id}/permissions', 'other', listRolePermissions),
  route('/api/v1/iam/roles', 'other', listCustomRoles),
  route('/api/v1/iam/assignees/users', 'other', listAssignees),
  route('/api/v1/logs', 'logs', listLogEvents),
  writable('/api/v1/eventHooks/{id}/lifecycle/verify', { POST: verifyHook }),
  writable('/api/v1/eventHooks/{id}/lifecycle/activate', { POST: activateHook }),
  writable('/api/v1/eventHooks/{id}/lifecycle/deactivate', { POST: deactivateHook }),
  writable('/api/v1/eventHooks/{id}', { GET: getHook, PUT: replaceHook, DELETE: deleteHook }),
  writable('/api/v1/eventHooks', { GET: listHooks, POST: createHook }),
  { ...route('/.well-known/okta-organization', undefined, describeOrg), isPublic: true },
];

function route(template: string, bucket: Bucket | undefined, answer: Answering): Route {
  return routeOf(template, bucket, { GET: answer });
}

function writable(template: string, answers: Route['answers']): Route {
  return routeOf(template, 'other', answers);
}

function routeOf(template: string, bucket: Bucket | undefined, answers: Route['answers']): Route {
  const pattern = new RegExp(`^${template.replaceAll('.', String.raw`\.`).replaceAll(/{\w+}/g, '([^/]+)')}$`);
  return { template, pattern, bucket, isPublic: false, answers };
}

export interface FoundRoute {
  readonly route: Route;
  /** As it stands in the path. */
  readonly rawId: string;
  /** The second one, of what belongs to something else. */
  readonly rawInnerId: string;
}

export function findRoute(path: string): FoundRoute | undefined {
  for (const each of ROUTES) {
    const match = each.pattern.exec(path);
    if (match !== null) return { route: each, rawId: match[1] ?? '', rawInnerId: match[2] ?? '' };
  }
  return undefined;
}
