import { z } from 'zod';

/** Ids among the targets of a log entry, chosen by their types and never by their positions (okta-api section 5). */
export interface Targets {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly apps: readonly string[];
  readonly devices: readonly string[];
}

const target = z.object({ id: z.string().min(1), type: z.string() });

export function readTargets(given: readonly unknown[]): Targets {
  const targets = given.flatMap((each) => target.safeParse(each).data ?? []);
  const idsOf = (wanted: string): readonly string[] =>
    targets.filter(({ type }) => type === wanted).map((each) => each.id);
  return {
    users: idsOf('User'),
    groups: idsOf('UserGroup'),
    apps: idsOf('AppInstance'),
    devices: idsOf('Device'),
  };
}
