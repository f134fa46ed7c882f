import { alertsFile } from './alert-values.ts';
import { facts } from './facts.ts';
import { fromText } from './parsed.ts';

/** The settings of alerts over the inventory. */
export const ALERT_SETTINGS = {
  alertsFile: fromText(alertsFile).optional().register(facts, {
    name: 'ALERTS_FILE',
    description: 'the rules of alerts, which are evaluated after every run (docs/alerts.md)',
    allowed: 'the path of a YAML or JSON file of at most 128 KiB',
    example: 'docs/examples/alerts.yaml',
  }),
};
