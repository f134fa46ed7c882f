import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { judgeAnswer } from './answers.ts';
import { parseExactly } from './exact-json.ts';
import { readUser } from './schema.ts';

async function overHttp(text: string): Promise<unknown> {
  const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  const body = await answer.text();
  server.close();
  const verdict = judgeAnswer(
    { kind: 'answer', status: 200, headers: {}, text: body },
    '/api/v1/users/{id}',
    'org',
  );
  return verdict.kind === 'ok' ? verdict.body : verdict;
}

describe('okta, exact json: integers in an answer of Okta', () => {
  it('keeps every digit beyond 2^53 in custom attributes and in the raw record', async () => {
    const text =
      '{"id":"00u1","profile":{"login":"a","badge":9007199254740993,"least":-9007199254740993,"list":[12345678901234567890,7],"small":9007199254740991,"part":0.1234567890123456}}';
    const read = readUser(await overHttp(text), 0, { keepsRaw: true });
    const custom = {
      badge: '9007199254740993',
      least: '-9007199254740993',
      list: ['12345678901234567890', 7],
      small: 9007199254740991,
      part: 0.1234567890123456,
    };
    const user = read.kind === 'user' ? read.user : undefined;
    expect(user?.custom).toEqual(custom);
    expect(JSON.parse(user?.raw ?? '')).toEqual({ id: '00u1', profile: { login: 'a', ...custom } });
  });

  it.each([
    '[9007199254740993]',
    '[ 9007199254740993]',
    '{"a":\n9007199254740993}',
    '[7,9007199254740993]',
    '[-9007199254740993]',
    '9007199254740993',
  ])('keeps every digit wherever a number may stand: %s', (text) => {
    expect(JSON.stringify(parseExactly(text))).toMatch(/"-?9007199254740993"/);
  });

  it('reads digits amid texts, such as the hashes in the System Log, without the slow way', () => {
    const parse = vi.spyOn(JSON, 'parse');

    parseExactly('[{"dtHash":"1234567890123456789f","url":"/a/12345678901234567"}]');

    expect(parse.mock.calls.map((given) => given.length)).toEqual([1]);
    parse.mockRestore();
  });
});
