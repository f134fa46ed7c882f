import type { Resource, ResourceKind } from '../../ocsf/resource.ts';
import { text } from '../../ocsf/official/shapes.ts';
import type { OrgRecordFacts } from '../../ports/asset-facts.ts';

export const ORG: ResourceKind = {
  types: ['okta_account'],
  data: { status: text, website: text, support_status: text, support_expires_at: text },
};

/** The org is also the identity provider of its users. `has_mfa` is left out: it would claim a policy. */
export function orgResource({ record, host, org, readAt }: OrgRecordFacts): Resource {
  const name = record.companyName ?? host;
  return {
    uid: record.id,
    name,
    type: 'okta_account',
    labels: record.status === undefined ? [] : [`status:${record.status}`],
    data: {
      status: record.status,
      website: record.website,
      support_status: record.supportStatus,
      support_expires_at: record.supportExpiresAt,
    },
    created: record.created,
    lastUpdated: record.lastUpdated,
    edges: [],
    unknown: [],
    idp: {
      uid: record.id,
      name,
      domain: host,
      tenant_uid: record.subdomain,
      url_string: `https://${host}`,
    },
    org,
    readAt,
  };
}
