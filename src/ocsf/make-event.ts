import { hash } from 'node:crypto';
import { enrichUser, type EnrichSettings } from '../enrich/enrich-user.ts';
import { LOOKUPS, type MakeEvent } from '../ports.ts';
import type { Dialect } from './dialect.ts';
import type { Validate } from './validate.ts';

export interface EventMakerOptions extends EnrichSettings {
  readonly dialect: Dialect;
  readonly validate: Validate;
}

/** Goes before the event in its hash: a change of one of these settings makes every event a changed one. */
function describeSettings(options: EventMakerOptions): string {
  const { dialect, mfaRule, adminRule, onLookupFailure, lookups } = options;
  const asked = LOOKUPS.filter((lookup) => lookups.has(lookup));
  return JSON.stringify([dialect.name, dialect.schemaVersion, mfaRule, adminRule, onLookupFailure, asked]);
}

/**
 * Enrich, normalise, validate. The hash is over the event's own text: a dialect builds its objects in one order and
 * lists come sorted, so that the same user always gives the same text.
 */
export function createEventMaker(options: EventMakerOptions): MakeEvent {
  const { dialect, validate } = options;
  const settings = describeSettings(options);

  return (facets) => {
    const enriched = enrichUser(facets, options);
    const { gaps } = enriched;
    const normalised = dialect.normalise(enriched);
    if (normalised.kind === 'flaws') return { kind: 'dead-letter', reasons: normalised.flaws, gaps };

    const reasons = validate(normalised.draft);
    if (reasons.length > 0) return { kind: 'dead-letter', reasons, gaps };

    const body = JSON.stringify(normalised.draft);
    const digest = hash('sha256', settings + body);
    return { kind: 'event', body, hash: digest, hashWithoutSignIn: digest, gaps };
  };
}
