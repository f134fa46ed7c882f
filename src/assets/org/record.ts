import * as z from 'zod';
import type { OrgRecord } from '../../ports/assets.ts';
import { id, readerOf, text } from '../fields.ts';

const org = z.object({
  id,
  companyName: text,
  subdomain: text,
  status: text,
  website: text,
  created: text,
  lastUpdated: text,
});

export const readOrg = readerOf<OrgRecord>(org);
