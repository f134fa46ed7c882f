import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadSettings } from '../../src/settings/load.ts';
import { ConfigError, ConnectorError } from '../../src/ports/errors.ts';
import { readAnswer } from '../../src/sinks/sekoia/answers.ts';
import { createEventCheck } from '../../src/inspect/check-events.ts';
import { judgeAnswer } from '../../src/okta/read/answers.ts';
import { nextLink } from '../../src/okta/read/links.ts';
import { pathOnOrigin } from '../../src/okta/read/paging.ts';
import { readRate } from '../../src/okta/pace/rate-headers.ts';
import * as schema from '../../src/okta/read/schema.ts';
import { readEntry } from '../../src/okta/read/system-log.ts';
import { judgeTokenAnswer } from '../../src/okta/auth/token-answers.ts';
import { SETTING_ROWS } from '../../src/settings/table.ts';
import { must, name, text, type Target } from './target.ts';

const NAMES = [
  ...SETTING_ROWS.flatMap((row) => (row.isSecret === true ? [row.name, `${row.name}_FILE`] : [row.name])),
  'MODULE_CONFIGURATION',
  'CONNECTOR_CONFIGURATION',
  'CONNECTOR_CONFIGURATION_UUID',
];
const value = fc.oneof(
  text,
  fc.webUrl(),
  fc.constantFrom(
    'https://acme.okta.com',
    '00token',
    '1',
    'true',
    '10%',
    'ocsf-1.6.0',
    'groups',
    '{"keys":[{"d":1}]}',
  ),
  fc.json().map((json) => Buffer.from(json).toString('base64')),
);
const env = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 });
const line = fc
  .tuple(fc.oneof(name, fc.constantFrom(...NAMES)), value)
  .map(([key, each]) => `${key}: ${each}`);
const content = fc.oneof(
  text,
  fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
  env.map((each) => JSON.stringify(each)),
);

function onlyMistakes(load: () => unknown): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}

export const settings: Target<Record<string, string>> = {
  name: 'settings in the environment',
  input: env,
  tryOne: (given) => onlyMistakes(() => loadSettings(given, { requireSink: true })),
};

export function configFile(): Target<string> {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-fuzz-'));
  const file = join(folder, 'settings.yaml');
  return {
    name: 'settings in a file',
    input: content,
    tryOne(given) {
      writeFileSync(file, given);
      onlyMistakes(() => loadSettings({}, { configFile: file, requireSink: true }));
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

interface Said {
  readonly status: number;
  readonly body: string;
  readonly header: string;
}

const ORIGIN = 'https://acme.okta.example';
const READERS: readonly ((body: unknown) => unknown)[] = [
  (body) => schema.readUser(body, 0, { keepsRaw: true }),
  schema.readSizedGroup,
  schema.readGroups,
  schema.readRoles,
  schema.readFactors,
  schema.readMemberIds,
  schema.readAssigneeIds,
  schema.readOrganization,
  readEntry,
];

function judge({ status, body, header }: Said): void {
  const headers = {
    'www-authenticate': header,
    'x-okta-request-id': header,
    date: header,
    'x-rate-limit-limit': header,
  };
  const answer = { kind: 'answer', status, headers, text: body } as const;
  readRate(headers);
  const verdicts = [
    judgeAnswer(answer, '/api/v1/users', 'acme', 'service-app'),
    judgeTokenAnswer(answer, 'acme'),
  ];
  for (const verdict of verdicts) {
    if ('error' in verdict) must(verdict.error instanceof ConnectorError, 'an error without a name');
    if (verdict.kind !== 'ok') continue;
    for (const read of READERS) read(verdict.body);
  }
}

function follow(header: string): void {
  const href = nextLink(header) ?? header;
  try {
    const path = pathOnOrigin(href, ORIGIN, new Set(['own.example']));
    must(new URL(`${ORIGIN}${path}`).origin === ORIGIN, 'a link that leads away');
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
  }
}

export const answers: Target<Said> = {
  name: 'answers and headers in the parsers',
  input: fc.record({
    status: fc.oneof(fc.constantFrom(200, 400, 401, 403), fc.integer({ min: 100, max: 999 })),
    body: text,
    header: fc.oneof(
      name,
      fc.webUrl(),
      fc.webUrl().map((url) => `<${url}>; rel="next"`),
    ),
  }),
  tryOne(said) {
    judge(said);
    follow(said.header);
    try {
      const { status, body, header } = said;
      const headers = { 'retry-after': header, date: header };
      const answer = { status, headers, text: body, isWhole: true };
      readAnswer(answer, 'host', { events: 1, secret: 'key' });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
    }
  },
};

export function events(): Target<string> {
  const checks = [createEventCheck(), createEventCheck('ocsf-1.6.0'), createEventCheck('sekoia')];
  return {
    name: 'events in `validate`',
    input: text,
    tryOne: (given) => checks.forEach((check) => void check({ text: given, line: 1 })),
  };
}
