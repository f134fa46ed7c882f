/** The contract of the runs: which org, and where runs stand. */
import { describe, expect, test } from 'vitest';
import { InventoryError } from '../../ports/errors.ts';
import { type CreateScene } from './scene.fixture.ts';

export function runsContract(createScene: CreateScene): void {
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
      const first = createScene();
      await first.runs.bindOrg({ ...ACME, id: undefined });
      await first.runs.bindOrg(ACME);
      await first.runs.bindOrg({ ...ACME, id: undefined });
      const { runs } = first.reopen();

      await expect(runs.bindOrg({ ...ACME, id: '00o2' })).rejects.toBeInstanceOf(InventoryError);
      await expect(runs.bindOrg({ ...ACME, host: 'new.example' })).resolves.toBeUndefined();
    });
  });

  describe('over restarts', () => {
    test('refused lookups are remembered, as last saved', async () => {
      const first = createScene();
      await first.runs.saveRefusedLookups(new Set(['roles', 'factors']));
      await first.runs.saveRefusedLookups(new Set(['factors']));

      expect(await first.reopen().runs.refusedLookups()).toEqual(new Set(['factors']));
    });

    test('where runs stand is remembered, each field by itself, until it is forgotten', async () => {
      const first = createScene();
      const log = { next: 'https://acme/next', readAt: 5 };
      await first.runs.saveState({
        fullRun: { startedAt: 7, aliveAt: 8 },
        log,
        resentAt: 9,
        devicesCursor: 4,
      });
      await first.runs.saveState({ fullRun: undefined, fullEndedAt: 8, fullRuns: 1, resentAt: 10 });

      const { runs } = first.reopen();

      expect(await runs.state()).toEqual({
        fullEndedAt: 8,
        fullRuns: 1,
        log,
        resentAt: 10,
        devicesCursor: 4,
      });
    });

    test('no run has begun in a new inventory', async () => {
      expect(await createScene().runs.state()).toEqual({ fullRuns: 0 });
    });
  });
}
