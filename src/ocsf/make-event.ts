import { hash } from 'node:crypto';
import { enrichUser, type EnrichedUser, type EnrichSettings } from '../enrich/enrich-user.ts';
import { RISK_RULES } from '../enrich/risk.ts';
import { LOOKUPS, type User, type UserFacets } from '../ports/org.ts';
import type { Made, MakeEvent } from '../ports/events.ts';
import { withValues } from '../shaping/event-paths.ts';
import type { Dialect, Normalised } from './dialect.ts';
import type { EventForm } from './event-form.ts';
import type { Validate } from './validate.ts';

export interface EventMakerOptions extends EnrichSettings {
  readonly dialect: Dialect;
  readonly validate: Validate;
  /** The paths of the mapping file whose values count; absent: all. */
  readonly mappedPaths?: readonly string[] | undefined;
}

/** Comes before the event in its hash, so that a change of one of these settings makes every event a changed one. */
function describeSettings(options: EventMakerOptions): string {
  const { dialect, mfaRule, adminRule, onLookupFailure, lookups, riskRules } = options;
  const asked = LOOKUPS.filter((lookup) => lookups.has(lookup));
  const rules = RISK_RULES.filter((rule) => riskRules?.has(rule));
  const ofDialect = [dialect.name, dialect.schemaVersion, dialect.settings];
  return JSON.stringify([...ofDialect, mfaRule, adminRule, onLookupFailure, asked, rules]);
}

interface Drafted {
  readonly normalised: Normalised;
  readonly gaps: EnrichedUser['gaps'];
}

/** The event before it is validated. */
export function draftEvent(facets: UserFacets, options: Omit<EventMakerOptions, 'validate'>): Drafted {
  const enriched = enrichUser(facets, options);
  const normalised = options.dialect.normalise(enriched);
  return { normalised: withMapped(normalised, facets.user.mapped, options.mappedPaths), gaps: enriched.gaps };
}

/** Puts the values that the mapping file computed in place of the dialect's. */
function withMapped(
  normalised: Normalised,
  mapped: User['mapped'],
  paths: EventMakerOptions['mappedPaths'],
): Normalised {
  if (normalised.kind === 'flaws' || mapped === undefined) return normalised;
  const { draft, deciding } = normalised;
  const counting = Object.entries(mapped).filter(([path]) => paths?.includes(path) ?? true);
  const values = Object.fromEntries(counting);
  return { ...normalised, draft: withValues(draft, values), deciding: [deciding, values] };
}

/**
 * Enriches, normalises and validates. The hashes are made of the JSON that decides whether an event has changed. A
 * dialect builds its objects in one order and sorts its lists, so the same user always gives the same text. The body
 * lacks the fields that `dialect.stamp` adds when it enters the outbox.
 */
export function createEventMaker(options: EventMakerOptions): MakeEvent {
  const { validate } = options;
  const settings = describeSettings(options);

  return (facets) => {
    const { normalised, gaps } = draftEvent(facets, options);
    return finish(normalised, { settings, validate, gaps });
  };
}

const NO_GAPS: Drafted['gaps'] = new Map();

/** Normalises and validates the assets of one class beside users. */
export function createAssetEventMaker<Facts>(
  { name, schemaVersion, settings: ofForm, normalise }: EventForm<Facts>,
  validate: Validate,
): (facts: Facts) => Made {
  const settings = JSON.stringify([name, schemaVersion, ofForm]);
  return (facts) => finish(normalise(facts), { settings, validate, gaps: NO_GAPS });
}

interface Finish {
  readonly settings: string;
  readonly validate: Validate;
  readonly gaps: Drafted['gaps'];
}

function finish(normalised: Normalised, { settings, validate, gaps }: Finish): Made {
  if (normalised.kind === 'flaws') return { kind: 'dead-letter', reasons: normalised.flaws, gaps };

  const { draft, deciding, signIn } = normalised;
  const reasons = validate(draft);
  if (reasons.length > 0) return { kind: 'dead-letter', reasons, gaps };

  const text = `${settings}${JSON.stringify(deciding)}`;
  return {
    kind: 'event',
    body: JSON.stringify(draft),
    hash: hash('sha256', text + JSON.stringify([signIn])),
    hashWithoutSignIn: hash('sha256', text),
    gaps,
  };
}
