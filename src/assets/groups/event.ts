import type { Edge, Resource, ResourceKind } from '../../ocsf/resource.ts';
import { count, listOf, text } from '../../ocsf/official/shapes.ts';
import type { GroupRecordFacts } from '../../ports/asset-facts.ts';
import { byCodeUnit, isActive } from '../../enrich/facets.ts';
import { isUnknown, knownIn } from '../known.ts';

export const GROUPS: ResourceKind = {
  types: ['okta_user_group', 'okta_app_user_group'],
  data: {
    type: text,
    description: text,
    members: count,
    apps: count,
    roles: listOf(text, { uniqueItems: true }),
    last_membership_updated: text,
    object_class: text,
    source_app_uid: text,
    sam_account_name: text,
    dn: text,
    object_sid: text,
    windows_domain_qualified_name: text,
  },
};

/** A custom role is named by its id, as the event of that role is; the standard ones have one key in every org. */
function edgesOf({ apps, roles }: GroupRecordFacts): readonly Edge[] {
  const held = (knownIn(roles) ?? []).filter(isActive);
  const types = new Set(held.map(({ type }) => type).filter((type) => type !== 'CUSTOM'));
  const custom = new Map(
    held.flatMap(({ type, roleId, label }) =>
      type === 'CUSTOM' && roleId !== undefined ? [[roleId, label] as const] : [],
    ),
  );
  return [
    ...(knownIn(apps) ?? []).map((app): Edge => ({
      relation: 'ASSIGNED',
      to: { ...app, type: 'okta_application' },
    })),
    ...[...types].map((type): Edge => ({
      relation: 'ASSIGNED',
      to: { id: `okta_role:${type}`, type: 'okta_role' },
    })),
    ...[...custom].map(([id, name]): Edge => ({ relation: 'ASSIGNED', to: { id, name, type: 'okta_role' } })),
  ];
}

export function groupResource(facts: GroupRecordFacts): Resource {
  const { group, record, members, roles, apps, org, readAt } = facts;
  const labelled = [
    ['type', group.type],
    ['members', members],
  ] as const;
  const held = knownIn(roles)?.filter(isActive);
  return {
    uid: group.id,
    name: group.name,
    type: group.type === 'APP_GROUP' ? 'okta_app_user_group' : 'okta_user_group',
    labels: labelled.flatMap(([name, value]) => (value === undefined ? [] : [`${name}:${value}`])),
    data: {
      type: group.type,
      description: group.description,
      members,
      apps: knownIn(apps)?.length,
      roles: held && [...new Set(held.map(({ type, label }) => label ?? type))].toSorted(byCodeUnit),
      last_membership_updated: record?.lastMembershipUpdated,
      object_class: record?.objectClass,
      source_app_uid: record?.sourceAppId,
      sam_account_name: record?.samAccountName,
      dn: record?.dn,
      object_sid: record?.objectSid,
      windows_domain_qualified_name: record?.windowsDomainQualifiedName,
    },
    created: record?.created,
    lastUpdated: record?.lastUpdated,
    edges: edgesOf(facts),
    unknown: [
      ...(members === undefined ? (['members'] as const) : []),
      ...(isUnknown(apps) ? (['apps'] as const) : []),
      ...(isUnknown(roles) ? (['roles'] as const) : []),
    ],
    org,
    readAt,
  };
}
