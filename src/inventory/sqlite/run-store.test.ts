import { describe, expect, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { createFolder, createScene } from './inventory.fixture.ts';

describe('the org', () => {
  const ACME = { id: '00o1', host: 'acme.okta.example', at: undefined };

  test.each([
    ['the same', ACME],
    ['another address of the same org', { ...ACME, host: 'login.example.com' }],
    ['the same address without its id', { ...ACME, id: undefined }],
  ])('%s goes on', async (_, identity) => {
    const { runs } = createScene();
    await runs.bindOrg(ACME);

    await expect(runs.bindOrg(identity)).resolves.toBeUndefined();
  });

  test.each([
    ['another org', { ...ACME, id: '00o2', host: 'other.okta.example' }],
    ['another org at the same address', { ...ACME, id: '00o2' }],
    ['another address that does not tell its id', { ...ACME, id: undefined, host: 'other.okta.example' }],
  ])('%s is refused, and says what to do', async (_, identity) => {
    const { runs } = createScene();
    await runs.bindOrg(ACME);

    await expect(runs.bindOrg(identity)).rejects.toMatchObject({
      code: 'inventory',
      message: expect.stringContaining('acme.okta.example'),
      hint: expect.stringContaining('STATE_DIR'),
    });
  });

  test('is known by its id as soon as that is told, over restarts', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    await first.runs.bindOrg({ ...ACME, id: undefined });
    await first.runs.bindOrg(ACME);
    await first.runs.bindOrg({ ...ACME, id: undefined });
    first.close();

    const { runs } = createScene({ folder });

    await expect(runs.bindOrg({ ...ACME, id: '00o2' })).rejects.toBeInstanceOf(InventoryError);
    await expect(runs.bindOrg({ ...ACME, host: 'new.example' })).resolves.toBeUndefined();
  });
});

describe('over restarts', () => {
  test('refused lookups are remembered, as last saved', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    await first.runs.saveRefusedLookups(new Set(['roles', 'factors']));
    await first.runs.saveRefusedLookups(new Set(['factors']));
    first.close();

    expect(await createScene({ folder }).runs.refusedLookups()).toEqual(new Set(['factors']));
  });

  test('stamps are remembered, each by itself, until they are forgotten', async () => {
    const folder = createFolder();
    const first = createScene({ folder });
    await first.runs.saveStamps({ full_started: 7, log_next: 'https://acme/next', resent: 9 });
    await first.runs.saveStamps({ full_started: undefined, full_ended: 8, resent: 10 });
    first.close();

    const { runs } = createScene({ folder });
    const names = ['full_started', 'full_ended', 'log_next', 'resent', 'polled'] as const;

    expect(await Promise.all(names.map((name) => runs.stamp(name)))).toEqual([
      undefined,
      '8',
      'https://acme/next',
      '10',
      undefined,
    ]);
  });
});
