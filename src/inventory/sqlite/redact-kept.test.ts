import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aFactor, aUser, known } from '../../enrich/facets.fixture.ts';
import { createRedactor } from '../../shaping/redaction.ts';
import { aReading, createFolder, createScene } from './inventory.fixture.ts';

const SECRET = 'Zebediah-Quux';
const redaction = createRedactor(new Map([['displayName', 'drop']]), '');

async function sceneWithSecret() {
  const folder = createFolder();
  const scene = createScene({ folder });
  await scene.save('00u1', SECRET);
  await scene.save('00u2', SECRET);
  await scene.refuse();
  await scene.outbox.take({ count: 1, bytes: 1_000_000, envelopeBytes: 24 });
  return { folder, scene };
}

function holdsSecret(folder: string): boolean {
  return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(SECRET));
}

describe('inventory, redact kept: an inventory that was kept under another redaction', () => {
  test('holds nothing of what is redacted now: no record, no event, no dead letter', async () => {
    const { folder, scene } = await sceneWithSecret();
    scene.close();
    expect(holdsSecret(folder)).toBe(true);

    const after = createScene({ folder, redaction });

    expect(holdsSecret(folder)).toBe(false);
    expect(await after.outbox.pending()).toBe(0);
    expect(await after.evaluated()).toEqual(['00u1', '00u2']);
    expect(await after.take()).toHaveLength(2);
  });

  test('holds nothing of it in devices and assignments either', async () => {
    const folder = createFolder();
    const scene = createScene({ folder });
    await scene.assets.save('device', [{ id: 'guo1', displayName: SECRET }], 10);
    const assigned = { kind: 'app-users', owner: '0oa1' } as const;
    await scene.assets.saveLink(assigned, '00u1', { id: '00u1', userName: SECRET }, 10);
    await scene.users.save(
      aReading({ factors: known([aFactor({ details: { vendorName: 'OKTA', name: SECRET } })]) }),
    );
    scene.close();
    expect(holdsSecret(folder)).toBe(true);

    const rules = new Map([
      ['device.displayName', 'drop'],
      ['login', 'hash'],
    ] as const);
    const after = createScene({ folder, redaction: createRedactor(rules, 'key') });

    expect(holdsSecret(folder)).toBe(false);
    expect(await after.assets.find('device', 'guo1')).toEqual({ id: 'guo1' });
    expect((await after.assets.link(assigned, '00u1'))?.userName).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is left alone when the redaction is the same', async () => {
    const folder = createFolder();
    const before = createScene({ folder, redaction });
    await before.users.save(aReading({ user: aUser({ id: '00u1', displayName: undefined }) }));
    before.close();

    const after = createScene({ folder, redaction });

    expect(await after.outbox.pending()).toBe(1);
  });

  test('goes on as it is when nothing is redacted any more', async () => {
    const folder = createFolder();
    createScene({ folder, redaction }).close();

    const { query } = createScene({ folder, redaction: createRedactor(new Map(), '') });

    expect(query('SELECT * FROM redaction')).toEqual([]);
  });
});
