import { describe, expect, it } from 'vitest';
import { findingForm, type FindingFacts } from './finding.ts';
import { createAssetEventMaker } from './make-event.ts';
import { ABSENT, officialFaults } from './official/class-schema.fixture.ts';
import { VERSIONS, type Version } from './official/versions.ts';
import { createValidate } from './validate.ts';

const AT = 1_790_000_000_000;
const FACTS: FindingFacts = {
  activity: 'create',
  rule: {
    id: 'admin-without-mfa',
    title: 'Administrators without MFA',
    description: 'why',
    severity: 'high',
  },
  uid: '00u1',
  resourceType: 'okta_user',
  cells: { login: 'a@example.com', factors: 0, manager: null },
  openedAt: AT - 1000,
  seenAt: AT,
  at: AT,
};
const BARE: FindingFacts = {
  ...FACTS,
  activity: 'close',
  rule: { id: 'a', title: 'a', severity: 'informational' },
  resourceType: undefined,
  cells: {},
};

function eventsIn(version: Version, all: readonly FindingFacts[]): readonly unknown[] {
  const form = findingForm(`ocsf-${version}`, { tenantUid: 'acme.okta.com', orgLabel: 'acme' });
  if (form === undefined) throw new Error('no form');
  const make = createAssetEventMaker(form, createValidate(form.schema));
  return all.map((facts) => {
    const made = make(facts);
    if (made.kind !== 'event') throw new Error(made.reasons.join(', '));
    const event: unknown = JSON.parse(form.stamp(made.body, { uid: 'e1', runId: 'run-1', loggedAt: AT }));
    return event;
  });
}

describe('ocsf, findings', () => {
  it('say the rule, its row and what has become of it, and nothing that is not known', () => {
    const [created, updated, closed] = eventsIn('1.6.0', [FACTS, { ...FACTS, activity: 'update' }, BARE]);

    expect(created).toMatchObject({
      class_uid: 2004,
      type_uid: 200_401,
      type_name: 'Detection Finding: Create',
      severity: 'High',
      severity_id: 4,
      status: 'New',
      is_alert: true,
      finding_info: { uid: 'admin-without-mfa|00u1', title: 'Administrators without MFA', desc: 'why' },
      resources: [
        {
          uid: '00u1',
          name: 'a@example.com',
          type: 'okta_user',
          data: { login: 'a@example.com', factors: 0 },
        },
      ],
    });
    expect(updated).toMatchObject({ type_uid: 200_402, finding_info: { uid: 'admin-without-mfa|00u1' } });
    expect(closed).toMatchObject({ type_uid: 200_403, status: 'Resolved', severity_id: 1 });
    expect(closed).toHaveProperty('resources', [{ uid: '00u1' }]);
    expect(JSON.stringify([created, closed])).not.toContain('null');
  });

  it.for(VERSIONS)('are right by the official class of %s', (version, context) => {
    const faults = officialFaults(version, 'detection_finding');
    if (faults === undefined) return context.skip(ABSENT);

    expect(eventsIn(version, [FACTS, { ...FACTS, activity: 'update' }, BARE]).flatMap(faults)).toEqual([]);
  });

  it('have no form in the dialect of the reference', () => {
    expect(findingForm('sekoia')).toBeUndefined();
  });
});
