import { facts } from './facts.ts';
import { fromText } from './parsed.ts';
import * as values from './values.ts';

/** The settings of questions over the inventory. */
export const QUESTION_SETTINGS = {
  queriesDir: fromText(values.anyText).optional().register(facts, {
    name: 'QUERIES_DIR',
    description: 'a folder of own questions (.sql) for `query` and alerts, beside those that come along',
    allowed: 'the path of a folder',
    example: '/etc/okta-ocsf/queries',
  }),
};
