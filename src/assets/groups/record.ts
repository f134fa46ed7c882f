import * as z from 'zod';
import type { GroupRecord } from '../../ports/assets.ts';
import { first, id, part, readerOf, text, count } from '../fields.ts';

const group = z
  .object({
    id,
    created: text,
    lastUpdated: text,
    lastMembershipUpdated: text,
    objectClass: first(z.string().min(1).max(1000)),
    source: part({ id: text }),
    _embedded: part({ stats: part({ appsCount: count }) }),
    // Groups of a directory have these.
    profile: part({ samAccountName: text, dn: text, objectSid: text, windowsDomainQualifiedName: text }),
  })
  .transform(({ source, _embedded: embedded, profile, ...rest }): GroupRecord => ({
    ...rest,
    sourceAppId: source?.id,
    appsCount: embedded?.stats?.appsCount,
    ...profile,
  }));

export const readGroup = readerOf<GroupRecord>(group);
