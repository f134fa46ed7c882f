import type { Ask } from './endpoint.ts';
import { groupBody } from './group-body.ts';
import type { JsonObject } from '../json.ts';
import type { RoleGrant } from '../org/org-model.ts';

/** The targets that `expand` adds to a role: only the targets asked for, and none where it holds in the whole org. */
export function roleTargets(ask: Ask, grant: RoleGrant): JsonObject | undefined {
  const asked = ask.query.getAll('expand').flatMap((text) => text.split(','));
  const isAsked = asked.some((each) => each.startsWith('targets/'));
  if (grant.role !== undefined || !isAsked) return undefined;
  const { groupIds = [], apps = [] } = grant.targets ?? {};
  const groups = groupIds.flatMap((id) => ask.org.group(id) ?? []);
  return {
    ...(asked.includes('targets/groups')
      ? { groups: groups.map((group) => groupBody(group, ask.base)) }
      : {}),
    ...(asked.includes('targets/catalog/apps')
      ? { catalog: { apps: apps.map((key) => targetApp(ask, key)) } }
      : {}),
  };
}

/** An app of its own has an id, all apps of a kind have none. */
function targetApp(ask: Ask, key: string): JsonObject {
  const app = ask.org.assets.app(key);
  if (app === undefined) return { name: key, displayName: key, status: 'ACTIVE' };
  return { name: app.kind.name, displayName: app.label, status: app.status, id: app.id };
}
