import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { aUser, someFacets } from '../enrich/facets.fixture.ts';
import { dialectNamed, dialectSchema } from '../ocsf/dialects.ts';
import { createEventMaker } from '../ocsf/make-event.ts';
import type { DialectName } from '../ocsf/names.ts';
import { makerOptions } from '../ocsf/official/official.fixture.ts';
import { createValidate } from '../ocsf/validate.ts';
import type { User } from '../ports/org.ts';
import { withPaths } from './event-paths.ts';
import { createEngine, OUT_OF_TIME } from './expression-engine.ts';
import { createFieldMapper } from './field-mapper.ts';
import { parseMapping } from './field-mapping.ts';

function parse(text: string, dialect: DialectName = 'ocsf-1.6.0') {
  return parseMapping(text, { schema: dialectSchema(dialect), isOfficial: dialect !== 'sekoia' });
}

const rule = (from: string, to = 'unmapped.x') => `- {from: '${from}', to: ${to}}`;

const LIBRARY = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');

function mapperOf(from: string) {
  const failures: string[] = [];
  const map = createFieldMapper({ library: LIBRARY, usedCpuMs }, [{ from, to: 'x' }], (_, reason) =>
    failures.push(reason),
  );
  return { map, failures };
}

function mapped(from: string, user: Partial<User> = {}) {
  const { map, failures } = mapperOf(from);
  const { mapped: made } = map(aUser(user));
  return failures.length > 0 ? failures : made?.['x'];
}

describe('shaping, field mapping: a mapping file', () => {
  test.each([
    ['YAML', '- from: profile.badge\n  to: unmapped.badge\n'],
    ['JSON', '[{"from": "profile.badge", "to": "unmapped.badge"}]'],
  ])('may be %s', (_, text) => {
    expect(parse(text)).toEqual({ rules: [{ from: 'profile.badge', to: 'unmapped.badge' }], faults: [] });
  });

  test('has all its mistakes told at once, each with its line', () => {
    const text = [
      '- from: profile.(',
      '  to: user.shoe_size',
      '- from: $now()',
      '  to: user.uid',
      '- from: profile.title',
      '  to: user.ldap_person.hire_time',
      '- to: user.org',
      '- from: profile.a',
      '  to: unmapped.a',
      '- from: profile.b',
      '  to: unmapped.a.b',
    ].join('\n');

    expect(parse(text).faults).toEqual([
      { line: 1, words: expect.stringMatching(/^is no JSONata expression: /u) },
      { line: 2, words: "user.shoe_size is no path of the dialect's events" },
      { line: 3, words: '$now is not allowed: it gives another answer each time' },
      { line: 4, words: 'user.uid is decided by okta-ocsf and cannot be mapped' },
      { line: 5, words: 'the expression gives a string, which user.ldap_person.hire_time cannot hold' },
      { line: 7, words: expect.stringContaining('must have from') },
      { line: 11, words: 'unmapped.a.b is mapped already' },
    ]);
  });

  test.each([['from: a'], ['- [1'], ['just words']])('is refused when it is no list: %s', (text) => {
    expect(parse(text).faults).toHaveLength(1);
  });

  test('cannot name what every object has', () => {
    expect(parse(rule('profile.x', 'unmapped.__proto__.x')).faults[0]?.words).toContain('is not a path');
  });

  test('knows the paths of its dialect', () => {
    expect(parse(rule('profile.x', 'user.ldap_person.job_title')).faults).toEqual([]);
    expect(parse(rule('profile.x', 'user.org.ou_name'), 'sekoia').faults).toEqual([]);
    expect(parse(rule('profile.x', 'user.ldap_person.job_title'), 'sekoia').faults).toHaveLength(1);
    expect(parse(rule('profile.x', 'user.ldap_person'), 'ocsf-1.6.0').faults[0]?.words).toContain(
      'is an object',
    );
  });
});

function usedCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const TOO_LONG = 'fails with ERR_SCRIPT_EXECUTION_TIMEOUT';

describe('shaping, field mapping: an expression', () => {
  test.each<[string, unknown]>([
    ['profile.badge', 7],
    ['profile.teams', ['red', 'blue']],
    ['$uppercase(profile.firstName) & "-" & status', 'ANA-ACTIVE'],
    ['$toMillis(created)', Date.UTC(2024, 2, 1, 9)],
    ['profile.login ~> /@example/ ? true : false', true],
    ['profile.nothing', undefined],
    ['profile.constructor', undefined],
    ['$base64decode($base64encode("é"))', 'é'],
  ])('%s sees the user as Okta has it', (from, value) => {
    expect(mapped(from, { custom: { badge: 7, teams: ['red', 'blue'] } })).toEqual(value);
  });

  test.each([
    ['profile', 'gives no text'],
    ['$number(profile.firstName)', 'fails with D3030'],
    ['($f := function($x) { $f($x) + 1 }; $f(1))', 'fails with'],
    ['($f := function() { $f() }; $f())', TOO_LONG],
    ['$contains(profile.division, /^(a+)+$/)', TOO_LONG],
    ['$length($pad("x", 100000000))', TOO_LONG],
    ['($f := function($x, $n) { $n = 0 ? $x : $f($x & $x, $n - 1) }; $length($f("a", 27)))', TOO_LONG],
    ['[1..100000]', 'fails with D2015'],
    ['$string.constructor("return process")()', 'fails with T1006'],
  ])('%s that cannot be used leaves its field out', (from, reason) => {
    const user = { division: `${'a'.repeat(40)}b` };

    expect(mapped(from, user)).toEqual([expect.stringContaining(reason)]);
  });

  test('of the last user of a page has as much time as that of the first', () => {
    const { map, failures } = mapperOf('$sum([1..500])');
    const users = Array.from({ length: 500 }, () => map(aUser()).mapped?.['x']);

    expect(failures).toEqual([]);
    expect(new Set(users)).toEqual(new Set([125_250]));
  });

  test('that never ends leaves nothing behind for the next one', () => {
    const [never, name] = ['($f := function() { $f() }; $f())', 'profile.firstName'];
    const rules = [never, name].map((from) => ({ from, to: from }));
    const map = createFieldMapper({ library: LIBRARY, usedCpuMs }, rules, () => undefined);

    const made = [map(aUser()), map(aUser())];

    expect(made.map((user) => user.mapped)).toEqual([{ [name]: 'Ana' }, { [name]: 'Ana' }]);
  });

  test.each([
    ['is tried again with more time where the machine gave it none', [0, 0, 0, 100], 2],
    ['is not tried again where it had all of its time', [0, 100], 1],
  ])('that never ends %s', (_, readings, tries) => {
    const used = [...readings];
    const evaluate = createEngine(LIBRARY, () => used.shift() ?? 0)('($f := function() { $f() }; $f())');

    expect(evaluate({})).toEqual({ code: OUT_OF_TIME });
    expect(readings.length - used.length).toBe(2 * tries);
  });

  test('that never ends does not hold up everybody', () => {
    const { map, failures } = mapperOf('($f := function() { $f() }; $f())');
    for (let at = 0; at < 1000; at += 1) map(aUser());

    expect(failures).toHaveLength(1000);
  });
});

describe('shaping, field mapping: what was mapped', () => {
  function make(dialect: DialectName, values: User['mapped']) {
    const { dialect: chosen, schema } = dialectNamed(dialect, {});
    const validate = createValidate(withPaths(schema, Object.keys(values ?? {})));
    const maker = createEventMaker({ ...makerOptions('1.6.0'), dialect: chosen, validate });
    return maker(someFacets({ user: aUser({ mapped: values }) }));
  }

  test.each<[DialectName, string, string | number]>([
    ['ocsf-1.6.0', 'unmapped.badge.number', 7],
    ['ocsf-1.3.0', 'user.ldap_person.hire_time', 1_700_000_000_000],
    ['sekoia', 'unmapped.badge', 'x'],
    ['sekoia', 'user.org.ou_name', 'R&D 2'],
    ['ocsf-1.6.0', 'unmapped.toString.valueOf', 'x'],
  ])('is in the event: %s %s', (dialect, path, value) => {
    const made = make(dialect, { [path]: value });

    const event: unknown = made.kind === 'event' ? JSON.parse(made.body) : made.reasons;
    expect(event).toHaveProperty(path, value);
  });

  test('makes a changed event', () => {
    const [before, after] = [make('sekoia', undefined), make('sekoia', { 'unmapped.badge': 1 })];

    expect(before).toHaveProperty('hash');
    expect(after).not.toHaveProperty('hash', before.kind === 'event' ? before.hash : '');
  });

  test('of the wrong type makes a dead letter, not a wrong event', () => {
    expect(make('ocsf-1.6.0', { 'user.ldap_person.job_title': 7 })).toMatchObject({
      kind: 'dead-letter',
      reasons: ['user.ldap_person.job_title must be string'],
    });
  });
});
