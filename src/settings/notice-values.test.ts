import { describe, expect, test } from 'vitest';
import { NOTICE_CAUSES } from '../ports/notices.ts';
import { loadSettings } from './load.ts';
import { causes, webhookKey, webhookUrl } from './notice-values.ts';
import { createScrubber } from './secret.ts';

const REST = { OKTA_BASE_URL: 'https://acme.okta.com', OKTA_API_TOKEN: '00token' };

function faultsWith(env: Readonly<Record<string, string>>): string {
  try {
    loadSettings({ ...REST, ...env }, { requireSink: false });
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
}

describe('settings, notices', () => {
  test.each([
    ['https://hooks.slack.com/services/T0/B0/xyz', undefined],
    ['http://127.0.0.1:8080/hook', undefined],
    ['https://hooks.example.com/?token=1', undefined],
    ['http://hooks.example.com/', 'is not https (http is for this machine only)'],
    ['https://user:word@hooks.example.com/', 'holds a user name or password'],
    ['hooks.example.com', 'is not a URL'],
  ])('a webhook URL %s: %s', (text, problem) => {
    const parsed = webhookUrl(text);

    expect(parsed.kind === 'wrong' ? parsed.problem : undefined).toBe(problem);
  });

  test('the path of a webhook URL is hidden like the URL, since it lets a sender in', () => {
    const parsed = webhookUrl('https://hooks.slack.com/services/T0/B0/xyz');
    const scrub = createScrubber(parsed.kind === 'right' ? parsed.value.traces() : []);

    expect(scrub('POST /services/T0/B0/xyz failed')).toBe('POST [hidden] failed');
  });

  test.each([
    ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', undefined],
    ['a-plain-text-of-24-bytes', undefined],
    ['whsec_c2hvcnQ=', 'is shorter than 24 bytes'],
    ['whsec_not base64', 'holds spaces, line breaks or characters that are not plain ASCII'],
    ['whsec_C2FVsBQIhrscChlQIMV_b5sSYspob7oD', 'is not whsec_ with base64 behind it'],
    ['short', 'is shorter than 24 bytes'],
  ])('a key %s: %s', (text, problem) => {
    const parsed = webhookKey(text);

    expect(parsed.kind === 'wrong' ? parsed.problem : undefined).toBe(problem);
  });

  test('all stands for every cause, and a cause that is not known is named with those that are', () => {
    expect(causes('all')).toEqual({ kind: 'right', value: new Set(NOTICE_CAUSES) });
    expect(causes('gaps-up, dead-letters')).toEqual({
      kind: 'right',
      value: new Set(['dead-letters', 'gaps-up']),
    });
    expect(causes('dead-leters')).toMatchObject({ kind: 'wrong', hint: 'did you mean dead-letters?' });
  });

  test('NOTIFY needs the webhook, and a webhook needs a key unless it is for Slack', () => {
    const url = { ALERT_WEBHOOK_URL: 'https://hooks.example.com/' };

    expect(faultsWith({ NOTIFY: 'all' })).toContain('ALERT_WEBHOOK_URL: is missing: NOTIFY sends there');
    expect(faultsWith(url)).toContain('ALERT_WEBHOOK_KEY: is missing: messages are signed with it');
    expect(faultsWith({ ...url, ALERT_WEBHOOK_FORMAT: 'slack' })).toBe('');
    expect(faultsWith({ ...url, ALERT_WEBHOOK_KEY: 'a-plain-text-of-24-bytes' })).toBe('');
  });
});
