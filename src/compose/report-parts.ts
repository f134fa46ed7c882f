import { secretTexts, type Settings } from '../settings/load.ts';
import { createScrubber } from '../settings/secret.ts';
import type { World } from '../process/world.ts';
import type { Job } from '../sync/job.ts';

/** The parts of a report that the settings decide. The label lets a reader tell the reports of several orgs apart. */
export function reportParts(
  settings: Settings,
  { version }: Pick<World, 'version'>,
): Pick<Job, 'head' | 'scrub'> {
  const { orgLabel: org, dialect } = settings;
  return {
    head: { ...(org === undefined ? {} : { org }), version, dialect },
    scrub: createScrubber(secretTexts(settings)),
  };
}
