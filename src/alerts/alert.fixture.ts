import type { AlertRow } from '../ports/alerts.ts';
import type { AlertRule } from './rule.ts';

export function aRule(given: Partial<AlertRule> = {}): AlertRule {
  const sql = 'SELECT id AS uid, login FROM users';
  return {
    id: 'admin-without-mfa',
    title: 'Administrators without MFA',
    severity: 'high',
    when: 'appears',
    to: ['webhook'],
    baseline: 'summary',
    fingerprint: 'f1',
    question: { sql, parameters: [], columns: ['uid', 'login'], needs: new Set(['factors']) },
    params: {},
    needs: new Set(['factors']),
    subject: 'user',
    ...given,
  };
}

export function aRow(uid: string, given: Partial<AlertRow> = {}): AlertRow {
  return { uid, openedAt: 1, seenAt: 1, cells: {}, isConfirmed: true, isSubject: true, ...given };
}
