import type { Job } from '../sync/job.ts';
import type { Prepared } from './prepare.ts';

/** The parts of a report that the settings decide. The label lets a reader tell the reports of several orgs apart. */
export function reportParts({ settings, live, world: { version } }: Prepared): Pick<Job, 'head' | 'scrub'> {
  const { orgLabel: org, dialect } = settings;
  return {
    head: { ...(org === undefined ? {} : { org }), version, dialect },
    scrub: (text) => live.scrub(text),
  };
}
