import { facts, type SettingEffect } from './facts.ts';
import * as values from './notice-values.ts';
import { fromText } from './parsed.ts';
import { oneOf } from './values.ts';

const WITH_WEBHOOK: SettingEffect = {
  words: 'with ALERT_WEBHOOK_URL',
  holds: (textOf) => textOf('ALERT_WEBHOOK_URL') !== '',
};

/** The settings that say where messages to people go, and of which trouble operators are told. */
export const NOTICE_SETTINGS = {
  alertWebhookUrl: fromText(values.webhookUrl).optional().register(facts, {
    name: 'ALERT_WEBHOOK_URL',
    isSecret: true,
    description: 'where alerts and notices are posted; https, or http to this machine only',
    allowed: 'an https URL, with path and query if need be; http to this machine only',
    example: 'https://hooks.example.com/okta-ocsf',
  }),
  alertWebhookKey: fromText(values.webhookKey)
    .optional()
    .register(facts, {
      name: 'ALERT_WEBHOOK_KEY',
      isSecret: true,
      effect: {
        words: 'with ALERT_WEBHOOK_URL and ALERT_WEBHOOK_FORMAT=standard',
        holds: (textOf) => textOf('ALERT_WEBHOOK_URL') !== '' && textOf('ALERT_WEBHOOK_FORMAT') !== 'slack',
      },
      description: 'the key that signs messages, by which the receiver knows them (Standard Webhooks)',
      allowed: 'whsec_ and base64 of at least 24 bytes, or plain ASCII of at least 24 characters',
      example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
    }),
  alertWebhookFormat: fromText(oneOf(['standard', 'slack'])).register(facts, {
    name: 'ALERT_WEBHOOK_FORMAT',
    effect: WITH_WEBHOOK,
    default: 'standard',
    description: 'standard: signed JSON; slack: text for an incoming webhook of Slack or one like it',
    example: 'slack',
  }),
  notify: fromText(values.causes).default(new Set()).register(facts, {
    name: 'NOTIFY',
    effect: WITH_WEBHOOK,
    description: 'of which trouble of the connector itself operators are told by the webhook',
    example: 'all',
  }),
};
