import { InventoryError } from '../ports/errors.ts';
import type { Job } from './job.ts';
import { evaluateMoved } from './users.ts';

/**
 * Sends the event of every known user again, made from the inventory without a call to Okta, for an intake that has
 * lost its events. The request is stored with the users that it concerns, so that the next run completes one that was
 * cut off.
 */
export async function resendKnown(job: Job): Promise<void> {
  const { tally, inventory, delivery, clock, log } = job;
  tally.mode = 'resend';
  await refuseUnready(job);
  log.info({ mode: tally.mode }, 'run started');
  await inventory.users.needEvents({ resendSince: clock.now() });
  await completeResend(job);
  // Delivery starts only now: a new event replaces one that waits, but one that has left already would be sent twice.
  delivery.start();
  await noteMissing(job);
}

/** Puts the rest of a re-send into the outbox; does nothing where none is under way. */
export async function completeResend(job: Job): Promise<void> {
  const { runs } = job.inventory;
  if ((await runs.state()).resendSince === undefined) return;
  await evaluateMoved({ ...job, newsRule: 'none' });
  await runs.saveState({ resendSince: undefined });
}

/** Refuses where only a call to Okta could tell that these are the right org and the right users. */
async function refuseUnready({ inventory: { runs }, settings }: Job): Promise<void> {
  const { fullEndedAt, askedSettings } = await runs.state();
  if (fullEndedAt === undefined) {
    throw new InventoryError('nothing can be sent again: no full run has ended yet', {
      hint: 'run `okta-ocsf sync` until a full run has ended; it sends everything by itself',
    });
  }
  const host = await runs.orgHost();
  if (host !== settings.host) {
    throw new InventoryError(`this inventory is of ${host ?? 'no org yet'}, not of ${settings.host}`, {
      hint: 'give each org its own STATE_DIR; if it is the same org under another name, run `okta-ocsf sync` once before',
    });
  }
  if (askedSettings === settings.askedSettings) return;
  throw new InventoryError(
    'the settings that decide which users are read have changed since the last full run',
    {
      hint: 'run `okta-ocsf sync --full` first: it reads the users that these settings choose',
    },
  );
}

/** Parts of a user's record that were not stored cannot be made up, so the next run lists all users again. */
async function noteMissing({ inventory: { runs }, settings, tally }: Job): Promise<void> {
  const { keptSettings } = await runs.state();
  if (keptSettings === undefined || keptSettings === settings.keptSettings) return;
  tally.notes.set(
    'resend',
    'the settings ask for fields that were not kept of users: events lack them until the next run has read the users again',
  );
}
