import { findingsOf } from '../alerts/findings.ts';
import { findingForm, type FindingFacts } from '../ocsf/finding.ts';
import type { EventForm } from '../ocsf/event-form.ts';
import { createAssetEventMaker } from '../ocsf/make-event.ts';
import { ConfigError } from '../ports/errors.ts';
import type { AlertParts } from '../sync/alert-parts.ts';
import type { Job } from '../sync/job.ts';
import { alertRulesOf } from './alerts.ts';
import { officialOptions } from './events.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';

/** The findings of a run that keeps nothing. */
export class Findings {
  /** The same command, with the rules of `ALERTS_FILE`. */
  readonly prepared: Prepared;
  readonly #form: EventForm<FindingFacts>;
  readonly #facts: FindingFacts[] = [];

  /** Throws `ConfigError` where the dialect has no class for findings, and where there are no rules or wrong ones. */
  constructor(prepared: Prepared) {
    const { settings } = prepared;
    const form = findingForm(settings.dialect, officialOptions(settings));
    const alertRules = alertRulesOf(settings);
    const faults = [
      ...(form === undefined ? [NO_CLASS] : []),
      ...(alertRules === undefined ? [NO_RULES] : []),
    ];
    if (form === undefined || faults.length > 0) throw new ConfigError(faults);
    this.#form = form;
    this.prepared = { ...prepared, alertRules };
  }

  readonly take: NonNullable<AlertParts['onDecided']> = async (rule, decided, at) => {
    for (const facts of findingsOf(rule, decided, at)) this.#facts.push(facts);
  };

  /** Their events as JSON texts. */
  *bodies({ validators }: LastingParts, { runId, log }: Pick<Job, 'runId' | 'log'>): Generator<string> {
    const form = this.#form;
    const makeEvent = createAssetEventMaker(form, validators.of(form.schema));
    const { world } = this.prepared;
    for (const facts of this.#facts) {
      const made = makeEvent(facts);
      const stamp = { uid: world.newId(), runId, loggedAt: world.clock.now() };
      if (made.kind === 'event') yield form.stamp(made.body, stamp);
      else log.warn({ alert: facts.rule.id, reasons: made.reasons }, 'no event can be made of a finding');
    }
  }
}

const NO_CLASS = {
  name: 'DIALECT',
  problem: 'has no class for findings',
  hint: 'set one of ocsf-1.3.0 on, e.g. ocsf-1.6.0',
};
const NO_RULES = {
  name: 'ALERTS_FILE',
  problem: 'is missing: findings are made of its rules',
  hint: 'for example ALERTS_FILE=docs/examples/alerts.yaml',
};
