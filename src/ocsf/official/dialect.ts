import { assignmentsOf } from '../../enrich/assignments.ts';
import type { EnrichedUser } from '../../enrich/enrich-user.ts';
import { freshnessOf } from '../../enrich/freshness.ts';
import type { Dialect, Normalised } from '../dialect.ts';
import { findEssentials } from '../essentials.ts';
import { rowsOf } from './mapping.ts';
import type { OfficialOptions, AttributeRow, Said } from './row.ts';
import { stampEvent } from './stamp.ts';
import { fillTree, growTree } from './tree.ts';
import type { Version } from './versions.ts';

function decidingValue({ decides }: AttributeRow, value: unknown, said: Said): unknown {
  if (decides === undefined) return value;
  return typeof decides === 'function' ? decides(said) : undefined;
}

/** The event of a user in the official schema of a version, by the mapping's rows. */
export function createOfficialDialect(version: Version, options: OfficialOptions): Dialect {
  const rows = rowsOf(version);
  const tree = growTree(rows.map(({ path }) => path));

  function normalise(enriched: EnrichedUser): Normalised {
    const { facets, lookups } = enriched;
    const { user } = facets;
    const essentials = findEssentials(user);
    if (!('login' in essentials)) return { kind: 'flaws', flaws: essentials };
    const said: Said = {
      version,
      options,
      user,
      login: essentials.login,
      enriched,
      freshness: freshnessOf(facets, lookups),
      assignments: lookups.has('roles') ? assignmentsOf(facets) : undefined,
    };
    const values = rows.map((row) => row.value(said));
    return {
      kind: 'draft',
      draft: fillTree(tree, values) ?? {},
      deciding: rows.map((row, at) => decidingValue(row, values[at], said)),
      signIn: rows.map(({ decides }, at) => (decides === 'as sign-in' ? values[at] : undefined)),
    };
  }

  return {
    name: `ocsf-${version}`,
    schemaVersion: version,
    settings: JSON.stringify([options.carriesRaw === true]),
    sendsRoleList: true,
    normalise,
    stamp: stampEvent,
  };
}
