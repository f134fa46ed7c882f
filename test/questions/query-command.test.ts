import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from '../../src/cli.ts';
import { createFolder, type Scene } from '../../src/inventory/sqlite/inventory.fixture.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import { plantAll, plantUsers } from '../graph/planted.fixture.ts';

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c';

/** As a user would: with nothing but the folder of the inventory. */
async function query(
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
  plant: () => Promise<Scene> = plantAll,
) {
  const scene = await plant();
  const { world, stdout, stderr } = createTestWorld({
    env: { STATE_DIR: scene.folder, LOG_LEVEL: 'silent', ...env },
  });
  const code = await cli(['query', ...options], world);
  return { code, stdout: stdout(), stderr: stderr() };
}

function values(sql: string): readonly string[] {
  return ['--sql', `SELECT * FROM (${sql})`];
}

describe('query: an answer', () => {
  const ODD =
    values(`SELECT 'a,"b"' AS text, NULL AS none, '' AS empty, 9007199254740993 AS large, x'00ff' AS bytes
    UNION ALL SELECT char(27) || '[2J' || char(10), 1.5, 'x', 0, 'ü'`);

  test('as JSON, and as a line for each row', async () => {
    const rows = [
      { text: 'a,"b"', none: null, empty: '', large: '9007199254740993', bytes: '00ff' },
      { text: '\u001B[2J\n', none: 1.5, empty: 'x', large: 0, bytes: 'ü' },
    ];

    const json = await query([...ODD, '--format', 'json']);
    const ndjson = await query([...ODD, '--format', 'ndjson']);

    expect(JSON.parse(json.stdout)).toEqual(rows);
    expect(ndjson.stdout).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect(json).toMatchObject({ code: 0, stderr: 'unknown: nothing that the answer depends on\n' });
  });

  test('as CSV, where NULL is no empty text', async () => {
    const { stdout } = await query([...ODD, '--format', 'csv']);

    expect(stdout).toBe(
      'text,none,empty,large,bytes\n"a,""b""",,"",9007199254740993,00ff\n"\u001B[2J\n",1.5,x,0,ü\n',
    );
  });

  test('as a table, in which no name moves the cursor', async () => {
    const { stdout } = await query(ODD);

    expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      expect.stringMatching(/^text +none +empty +large +bytes$/u),
      expect.stringMatching(/^-+ +-+ +-+ +-+ +-+$/u),
      expect.stringMatching(/^a,"b" +NULL +9007199254740993 +00ff$/u),
      expect.stringMatching(/^\\u001b\[2J\\u000a +1\.5 +x +0 +ü$/u),
      '',
    ]);
    expect(stdout).not.toContain('\u001B');
  });

  test('of many rows comes whole, and in order', async () => {
    const many = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5000) SELECT x FROM c';

    const { stdout } = await query([...values(many), '--format', 'ndjson']);

    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).x),
    ).toEqual(Array.from({ length: 5000 }, (_, at) => at + 1));
  });

  test('without rows is empty in each format', async () => {
    const none = values('SELECT 1 AS uid WHERE FALSE');

    expect((await query([...none, '--format', 'json', '--fail-on-rows'])).stdout).toBe('[]\n');
    expect((await query([...none, '--format', 'csv'])).stdout).toBe('uid\n');
    expect((await query(none)).stdout).toBe('uid\n---\n');
  });

  test('with rows is exit code 4 where it is asked for', async () => {
    expect((await query(['--sql', 'SELECT 1 AS uid', '--fail-on-rows'])).code).toBe(4);
  });

  test('says what it depends on and nobody knows', async () => {
    const { code, stderr } = await query(['--sql', 'SELECT count(*) AS n FROM apps'], {}, plantUsers);

    expect({ code, stderr }).toEqual({ code: 0, stderr: 'unknown: apps (not-asked)\n' });
  });
});

describe('query: a question that cannot be answered', () => {
  test('has its time', async () => {
    expect(await query(['--sql', ENDLESS, '--timeout', '0.2'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: no answer within 0.2 seconds\nhint: ask for less, or wait longer with --timeout\n',
    });
  });

  test.each([
    [['--sql', 'SELECT id FROM main.users'], 2, '--sql is no question: no such table: main.users'],
    [['admins-without-mf'], 2, 'did you mean admins-without-mfa?'],
    [[], 2, 'asks one thing at a time'],
    [['admins-without-mfa', '--sql', 'SELECT 1'], 2, 'asks one thing at a time'],
    [['--sql', 'SELECT :app AS uid'], 2, 'has no value for app - add --param app=...'],
    [['--sql', 'SELECT 1 AS uid', '--param', 'app=x'], 2, 'names app, which the question has not'],
    [['--sql', 'SELECT :since AS uid', '--param', 'since=yesterday'], 2, 'give a span such as 12h'],
    [['--sql', "SELECT json_extract('{', '$') AS uid"], 1, 'malformed JSON'],
    [['--sql', 'SELECT 1', '--timeout', '0'], 2, 'give seconds over 0'],
  ])('%j is told', async (options, code, words) => {
    const told = await query(options);

    expect(told).toMatchObject({ code, stdout: '' });
    expect(told.stderr).toContain(words);
  });

  test('where there is no inventory, it says how one is made', async () => {
    const { code, stderr } = await query(['admins-without-mfa'], { STATE_DIR: createFolder() });

    expect(code).toBe(1);
    expect(stderr).toContain('there is no inventory');
  });
});

describe('query: own questions', () => {
  const HEAD = '-- title: Active users\n-- description: All of them.\n-- subject: user\n';

  function own(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const folder = createFolder();
    mkdirSync(join(folder, 'folder.sql'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return { QUERIES_DIR: folder };
  }

  test('are asked by the name of their file, with the values of their parameters', async () => {
    const env = own({ 'by-status.sql': `${HEAD}-- param: status  of the user\nSELECT :status AS uid` });

    const answer = await query(['by-status', '--param', 'status=A=B', '--format', 'ndjson'], env);
    const list = await query(['--list'], env);

    expect(answer.stdout).toBe('{"uid":"A=B"}\n');
    expect(list.stdout).toMatch(/^by-status --param status=\.\.\. +Active users$/mu);
  });

  test('that are wrong are told by file and line, and leave the others alone', async () => {
    const env = own({
      'head.sql': 'SELECT 1 AS uid',
      'column.sql': `${HEAD}SELECT id FROM users`,
      'admins-without-mfa.sql': `${HEAD}SELECT 1 AS uid`,
      'untold.sql': `${HEAD}SELECT :x AS uid`,
      'write.sql': `${HEAD}DELETE FROM users`,
    });

    const list = await query(['--list'], env);
    const one = await query(['column'], env);
    const other = await query(['admins-without-mfa'], env);

    expect(list.code).toBe(0);
    for (const words of [
      'head.sql line 1: its head has no line "-- title: ..."',
      'column.sql its first column is not uid',
      'admins-without-mfa.sql has the name of a question that comes along',
      'untold.sql its head has no line "-- param: x ..."',
      'write.sql is no question: it is no SELECT',
      'folder.sql is no file',
    ])
      expect(list.stderr).toContain(words);
    expect(one).toMatchObject({ code: 2, stdout: '' });
    expect(other.code).toBe(0);
  });

  test('in a folder that is not there are a mistake in the settings', async () => {
    const { code, stderr } = await query(['admins-without-mfa'], { QUERIES_DIR: '/nowhere' });

    expect(code).toBe(2);
    expect(stderr).toContain('QUERIES_DIR cannot be read');
  });
});
