import * as z from 'zod';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../../ports/json-output.ts';
import { CHANGES, type ToldChange } from '../../ports/changes.ts';

const change = z.object({
  at: z.iso.datetime().describe('when a run stored it, by the clock of its machine'),
  run_id: z.string().describe('the run that saw it'),
  what: z.string().describe(`one of ${Object.keys(CHANGES).join(', ')}`),
  subject_id: z.string().describe('whom or what it is about'),
  subject_name: z.string().optional().describe('the login or name as it is now, where it is known'),
  object_id: z.string().optional().describe('the other end: group, role, factor, application or device'),
  object_name: z.string().optional().describe('its name as it is now, where it is known'),
  before: z.string().optional().describe('what was: a text, or small JSON as a text'),
  after: z.string().optional().describe('what is: a text, or small JSON as a text'),
});

/** `changes --json`, field by field. */
export const CHANGES_SCHEMA = z.object({
  version: jsonVersion,
  since: z.iso.datetime().describe('the changes are from then on'),
  changes: z.array(change).describe('newest last'),
});

/** The beginning of an output that is too long to be one text, and its end, with the changes between. */
export function changesBegin(since: string): string {
  return `{"version":${JSON_VERSION},"since":${JSON.stringify(since)},"changes":[`;
}
export const CHANGES_END = '\n]}\n';

export function changeJson(told: ToldChange): OutputOf<typeof change> {
  return {
    at: told.at,
    run_id: told.runId,
    what: told.what,
    subject_id: told.subjectId,
    subject_name: told.subjectName,
    object_id: told.objectId,
    object_name: told.objectName,
    before: told.before,
    after: told.after,
  };
}
