import * as z from 'zod';
import type { AppUserRecord } from '../../ports/assets.ts';
import { assignedRoles } from '../assigned-roles.ts';
import { id, part, readerOf, text } from '../fields.ts';

const appUser = z
  .object({
    id,
    scope: text,
    status: text,
    created: text,
    lastUpdated: text,
    statusChanged: text,
    syncState: text,
    externalId: text,
    credentials: part({ userName: text }),
    profile: assignedRoles,
  })
  .transform(({ credentials, profile, ...rest }): AppUserRecord => ({
    ...rest,
    userName: credentials?.userName,
    ...profile,
  }));

export const readAppUser = readerOf<AppUserRecord>(appUser);
