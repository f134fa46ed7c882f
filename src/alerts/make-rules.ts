import { hash } from 'node:crypto';
import { byCodeUnit } from '../enrich/facets.ts';
import type { AlertDefinition } from '../ports/alerts.ts';
import { QuestionError, type CheckedQuestion } from '../ports/questions.ts';
import { SUBJECTS, type SavedQuery } from '../query/saved-query.ts';
import { instantOf, SINCE_FORMS } from '../query/since.ts';
import type { AlertEntry, AlertFault } from './parse-alerts.ts';
import type { AlertRule } from './rule.ts';

interface KnownQuery extends SavedQuery {
  readonly question: CheckedQuestion;
}

/** The facts that rules are checked against. */
export interface RuleSources {
  readonly queries: ReadonlyMap<string, KnownQuery>;
  /** The known name that is meant by one that is not known, if any is near. */
  readonly nearest: (name: string) => string | undefined;
  /** Throws `QuestionError` where the text is no question. */
  readonly check: (sql: string) => CheckedQuestion;
  /** `ASSETS` */
  readonly assets: ReadonlySet<string>;
  readonly hasWebhook: boolean;
}

interface MadeRules {
  readonly rules: readonly AlertRule[];
  readonly faults: readonly AlertFault[];
}

/** The parameter that may be a span before now. */
export const SINCE = 'since';

/** Makes rules of what the file gives, and tells everything that is wrong with their queries. */
export function makeRules(entries: readonly AlertEntry[], sources: RuleSources): MadeRules {
  const made = entries.map((entry) => makeRule(entry, sources));
  return {
    rules: made.flatMap((each) => ('rule' in each ? [each.rule] : [])),
    faults: made.flatMap((each) => ('faults' in each ? each.faults : [])),
  };
}

type MadeRule = { readonly rule: AlertRule } | { readonly faults: readonly AlertFault[] };

function makeRule({ rule, queryLine, paramsLine }: AlertEntry, sources: RuleSources): MadeRule {
  const faults: AlertFault[] = [];
  const refuse = (line: number, words: string): void => {
    faults.push({ line, words });
  };
  if (rule.to.includes('webhook') && !sources.hasWebhook)
    refuse(queryLine, 'to: webhook needs ALERT_WEBHOOK_URL');
  const asked = askedBy(rule, sources);
  if ('problem' in asked) {
    refuse(queryLine, asked.problem);
    return { faults };
  }
  const { question } = asked;
  if (!question.columns.includes('uid')) refuse(queryLine, 'the query has no column uid');
  const missing = asked.requires.filter((asset) => !sources.assets.has(asset));
  if (missing.length > 0) refuse(queryLine, `the query needs ${missing.join(', ')} in ASSETS`);
  for (const words of paramFaults(rule, question)) refuse(paramsLine, words);
  if (faults.length > 0) return { faults };
  return { rule: ruleOf(rule, asked) };
}

function ruleOf(
  { id, params, severity, when, to, baseline }: AlertDefinition,
  { question, title, description, subject, needs }: AskedByRule,
): AlertRule {
  const values = Object.keys(params)
    .toSorted(byCodeUnit)
    .map((name) => [name, params[name]]);
  return {
    id,
    severity,
    when,
    to,
    baseline,
    title: title ?? id,
    description,
    fingerprint: hash('sha256', JSON.stringify([question.sql, values])),
    question,
    params,
    needs,
    subject,
  };
}

interface AskedByRule {
  readonly question: CheckedQuestion;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly subject: SavedQuery['subject'] | undefined;
  readonly needs: ReadonlySet<string>;
  readonly requires: readonly string[];
}

function askedBy({ ask }: AlertDefinition, sources: RuleSources): AskedByRule | { readonly problem: string } {
  if ('sql' in ask) return askedInSql(ask.sql, sources);
  const saved = sources.queries.get(ask.query);
  if (saved === undefined) {
    const near = sources.nearest(ask.query);
    const hint = near === undefined ? '`okta-ocsf query --list` shows them all' : `is ${near} meant?`;
    return { problem: `there is no saved query ${ask.query.slice(0, 64)}; ${hint}` };
  }
  const { question, title, description, subject, requires } = saved;
  const needs = saved.needs.length === 0 ? question.needs : new Set(saved.needs);
  return { question, title, description, subject, needs, requires };
}

function askedInSql(sql: string, { check }: RuleSources): AskedByRule | { readonly problem: string } {
  const [, named] = /^--[ \t]*subject:[ \t]*(\S*)[ \t]*$/mu.exec(sql) ?? [];
  const subject = SUBJECTS.find((each) => each === named);
  if (named !== undefined && subject === undefined)
    return { problem: `its subject is none of ${SUBJECTS.join(', ')}` };
  try {
    const question = check(sql);
    const { needs } = question;
    return { question, title: undefined, description: undefined, subject, needs, requires: [] };
  } catch (thrown) {
    if (!(thrown instanceof QuestionError)) throw thrown;
    return { problem: `sql is no question: ${thrown.message}` };
  }
}

function paramFaults({ params }: AlertDefinition, { parameters }: CheckedQuestion): readonly string[] {
  const missing = parameters.filter((name) => !Object.hasOwn(params, name));
  const surplus = Object.keys(params).filter((name) => !parameters.includes(name));
  const { [SINCE]: since } = params;
  const isNoTime = since !== undefined && instantOf(String(since), 0) === undefined;
  return [
    ...missing.map((name) => `params has no value for ${name}`),
    ...surplus.map((name) => `params has ${name.slice(0, 64)}, which the query does not have`),
    ...(isNoTime ? [`params ${SINCE} must be ${SINCE_FORMS}`] : []),
  ];
}
