import { expect, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { loadSettings } from './load.ts';

const ENV = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: '00tokentokentoken' };

function faultsOf(env: Record<string, string>): ConfigError['faults'] {
  try {
    loadSettings({ ...ENV, ...env }, { requireSink: false });
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults;
    throw thrown;
  }
  return [];
}

test.each([
  ['LOOKUPS', 'groups,factor', '"factor"; allowed are: groups, group-roles', 'did you mean factors?'],
  ['LOOKUPS', 'Group_Role,groups,rolse', '"Group_Role", "rolse"', 'did you mean group-roles, roles?'],
  ['STATUSES', 'active,suspend', '"suspend"; allowed are: STAGED', 'did you mean SUSPENDED?'],
  ['RISK_RULES', 'dormannt', '"dormannt"; allowed are: admin-without-mfa', 'did you mean dormant?'],
  [
    'REDACT',
    'email=hash,phone_numbr=drop',
    '"phone_numbr"; allowed are: login',
    'did you mean phone_number?',
  ],
  [
    'REDACT',
    'login=hash,email=blur',
    'name=drop or name=hash, separated by commas: "email"',
    'write email=hash',
  ],
  ['REDACT', 'email=hash,login=drop', 'drops the login', 'write email=hash'],
])(
  'settings, list values: %s=%s names what is wrong, what is allowed and what was meant',
  (name, text, problem, hint) => {
    expect(faultsOf({ [name]: text })).toEqual([
      { name, problem: expect.stringContaining(problem), hint: expect.stringContaining(hint) },
    ]);
  },
);

test.each([['LOOKUPS'], ['STATUSES'], ['RISK_RULES'], ['REDACT']])(
  'settings, list values: %s does not repeat what may be a secret, and says where it stands',
  (name) => {
    const [fault] = faultsOf({ [name]: name === 'REDACT' ? 'email=hash,00aB3cD9eF=drop' : ' ,00aB3cD9eF' });

    expect(fault?.problem).toContain('entry 2');
    expect(JSON.stringify(fault)).not.toContain('00aB3cD9eF');
  },
);

test('settings, list values: a single value that is nearly right is told, too', () => {
  expect(faultsOf({ LOG_LEVEL: 'inof', MFA_RULE: 'most' })).toEqual([
    { name: 'MFA_RULE', problem: 'must be one of: any, active, strong', hint: 'for example MFA_RULE=active' },
    { name: 'LOG_LEVEL', problem: expect.stringContaining('must be one of'), hint: 'did you mean info?' },
  ]);
});
