import { describe, expect, test } from 'vitest';
import { readChallenge } from './challenge.ts';

function read(header: string) {
  return readChallenge({ kind: 'answer', status: 403, headers: { 'www-authenticate': header }, text: '' });
}

describe('okta, challenge: what a challenge says', () => {
  test.each([
    ['as Okta writes it', 'Bearer realm="https://acme.okta.com", scope="a.read", error="insufficient_scope"'],
    ['without quotes', 'Bearer error=insufficient_scope, scope=a.read'],
    ['with spaces around the sign', 'DPoP error = "insufficient_scope" , scope = "a.read"'],
    ['in other letters', 'Bearer Error="insufficient_scope", SCOPE="a.read"'],
    ['behind another scheme', 'Basic realm="x", Bearer error="insufficient_scope", scope="a.read"'],
    [
      'behind a description that quotes',
      String.raw`Bearer error="insufficient_scope", error_description="not \"error=x\", scope=y", scope="a.read"`,
    ],
  ])('is read %s', (_, header) => {
    expect(read(header)).toMatchObject({ error: 'insufficient_scope', scope: 'a.read' });
  });

  test('names all scopes where Okta names several', () => {
    expect(read('Bearer error="insufficient_scope", scope="a.read b.read"').scope).toBe('a.read b.read');
  });

  test.each(['', 'Bearer', 'Bearer error="<b>", scope="a\u001B[31m"', 'error_description="error=x"'])(
    'is nothing in %j',
    (header) => {
      expect(read(header)).toMatchObject({ error: undefined, scope: undefined });
    },
  );
});
