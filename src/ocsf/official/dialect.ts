import { assignmentsOf } from '../../enrich/assignments.ts';
import type { EnrichedUser } from '../../enrich/enrich-user.ts';
import { freshnessOf } from '../../enrich/freshness.ts';
import type { Dialect, Normalised } from '../dialect.ts';
import { findEssentials } from '../essentials.ts';
import { rowsOf } from './mapping.ts';
import type { OfficialOptions } from './row.ts';
import { stampEvent } from './stamp.ts';
import type { Version } from './versions.ts';
import { createWriter } from './write.ts';

/** The event of a user in the official schema of a version, by the mapping's rows. */
export function createOfficialDialect(version: Version, options: OfficialOptions): Dialect {
  const write = createWriter(rowsOf(version));

  function normalise(enriched: EnrichedUser): Normalised {
    const { facets, lookups } = enriched;
    const { user } = facets;
    const essentials = findEssentials(user);
    if (!('login' in essentials)) return { kind: 'flaws', flaws: essentials };
    return write({
      version,
      options,
      user,
      login: essentials.login,
      enriched,
      freshness: freshnessOf(facets, lookups),
      assignments: lookups.has('roles') ? assignmentsOf(facets) : undefined,
    });
  }

  return {
    name: `ocsf-${version}`,
    schemaVersion: version,
    settings: JSON.stringify([options.carriesRaw === true, ...(options.namesDevices ? ['devices'] : [])]),
    sendsRoleList: true,
    normalise,
    stamp: stampEvent,
  };
}
