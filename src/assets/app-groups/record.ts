import * as z from 'zod';
import type { AppGroupRecord } from '../../ports/assets.ts';
import { assignedRoles } from '../assigned-roles.ts';
import { id, readerOf, text, count } from '../fields.ts';

const appGroup = z
  .object({ id, lastUpdated: text, priority: count, profile: assignedRoles })
  .transform(({ profile, ...rest }): AppGroupRecord => ({ ...rest, ...profile }));

export const readAppGroup = readerOf<AppGroupRecord>(appGroup);
