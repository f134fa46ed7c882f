import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deviceForm } from '../src/assets/devices/event.ts';
import { readListedDevice } from '../src/assets/devices/record.ts';
import { createAssetEventMaker } from '../src/ocsf/make-event.ts';
import { DIALECT_NAMES, type DialectName } from '../src/ocsf/names.ts';
import { ABSENT, officialFaults } from '../src/ocsf/official/class-schema.fixture.ts';
import { VERSIONS } from '../src/ocsf/official/versions.ts';
import { createValidate } from '../src/ocsf/validate.ts';
import type { DeviceFacts } from '../src/ports/asset-facts.ts';

/**
 * Okta's record of a device in, its event out, for every dialect. After a change that is meant: `vitest run
 * test/golden-devices.test.ts -u`, then read the diff.
 */
const FOLDER = new URL('golden/devices/', import.meta.url);
const READ_AT = Date.UTC(2026, 7, 21, 10);
const STAMP = { uid: '6f1c0b0e-0000-4000-8000-000000000001', runId: 'run-1', loggedAt: READ_AT + 5000 };

const goldenDevice = z.strictObject({ okta: z.unknown(), logins: z.record(z.string(), z.string()) });

function factsOf(name: string): DeviceFacts {
  const file = readFileSync(new URL(`${name}.device.json`, FOLDER), 'utf8');
  const { okta, logins } = goldenDevice.parse(JSON.parse(file));
  const listed = readListedDevice(okta);
  if (listed === undefined) throw new Error(`${name} is not a device`);
  const { device, users } = listed;
  return {
    device,
    users:
      users === undefined
        ? { kind: 'unknown', reason: 'unreadable' }
        : {
            kind: 'known',
            value: users.map((user) => ({ ...user, login: logins[user.id] })),
            readAt: READ_AT,
          },
    org: { id: '00o1', name: 'Example Inc' },
    readAt: READ_AT,
  };
}

const FORMS = Object.fromEntries(
  DIALECT_NAMES.map((name) => {
    const form = deviceForm(name, { tenantUid: 'example.okta.com', orgLabel: 'acme' });
    return [name, { form, makeEvent: createAssetEventMaker(form, createValidate(form.schema)) }];
  }),
);

function outcomeOf(name: string, dialect: DialectName): { event?: unknown; reasons?: readonly string[] } {
  const { form, makeEvent } = FORMS[dialect] ?? {};
  const made = makeEvent?.(factsOf(name));
  if (made?.kind !== 'event') return { reasons: made?.reasons ?? [] };
  return { event: JSON.parse(form?.stamp(made.body, STAMP) ?? '') };
}

const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.device.json'))
  .map((file) => file.slice(0, -'.device.json'.length));

describe.each(DIALECT_NAMES)('golden devices of dialect %s', (dialect) => {
  it('are as they were', async () => {
    const outcomes = Object.fromEntries(cases.map((name) => [name, outcomeOf(name, dialect)]));
    const text = `${JSON.stringify(outcomes, undefined, 2)}\n`;

    expect(cases.length).toBeGreaterThan(3);
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(`${dialect}.json`, FOLDER)));
  });
});

describe.each(VERSIONS)('golden devices of OCSF %s', (version) => {
  it.for(cases)('%s fits the official class', (name, { skip }) => {
    const { event } = outcomeOf(name, `ocsf-${version}`);
    const official = officialFaults(version, 'inventory_info');
    if (official === undefined) return skip(ABSENT);
    expect(official(event)).toEqual([]);
  });
});
