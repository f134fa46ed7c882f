import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextLink } from './links.ts';

const NEXT = 'https://acme.okta.example/api/v1/users?after=200u&limit=200';

describe('okta, links: the next page in Link headers', () => {
  test.each([
    ['alone', `<${NEXT}>; rel="next"`],
    ['after another, joined', `<https://a.example/self>; rel="self", <${NEXT}>; rel="next"`],
    ['before another, joined', `<${NEXT}>; rel="next", <https://a.example/self>; rel="self"`],
    ['joined without a blank', `<https://a.example/self>;rel="self",<${NEXT}>;rel="next"`],
    ['without quotes', `<${NEXT}>; rel=next`],
    ['in capitals', `<${NEXT}>; REL="NEXT"`],
    ['with blanks about', ` <${NEXT}> ;  rel = "next" `],
    ['after other parameters', `<${NEXT}>; title="more"; hreflang=en; rel="next"`],
    ['before other parameters', `<${NEXT}>; rel="next"; title="more"`],
    ['as one of several relations', `<${NEXT}>; rel="last next"`],
    ['after a parameter without a value', `<${NEXT}>; crossorigin; rel="next"`],
    ['after a title with angle brackets', `<${NEXT}>; title="a <b> c"; rel="next"`],
    ['after a title with quotes', `<${NEXT}>; title="say \\"x\\""; rel="next"`],
    ['after a title with commas and semicolons', `<${NEXT}>; title="a, b; c"; rel="next"`],
  ])('%s', (_, header) => {
    expect(nextLink(header)).toBe(NEXT);
  });

  test('in the second of two headers', () => {
    expect(nextLink(['<https://a.example/self>; rel="self"', `<${NEXT}>; rel="next"`])).toBe(NEXT);
  });

  test('with commas and semicolons in the address', () => {
    const url = 'https://acme.okta.example/api/v1/users?filter=a,b;c&after=x;rel=self,y';

    expect(nextLink(`<https://a.example/?a,b;c>; rel="self", <${url}>; rel="next"`)).toBe(url);
  });

  test.each([
    ['no header', undefined],
    ['no values', []],
    ['an empty text', ''],
    ['another relation', '<https://a.example>; rel="self"'],
    ['a relation that only begins so', '<https://a.example>; rel="nextish"'],
    ['a title that only says so', '<https://a.example>; title="; rel=next"; rel="self"'],
    ['a second rel, which does not count', '<https://a.example>; rel="self"; rel="next"'],
    ['another parameter', '<https://a.example>; xrel="next"'],
    ['no target', 'rel="next"'],
    ['no relation', '<https://a.example>'],
    ['an address that only says so', '<https://a.example/;rel="next">; rel="self"'],
  ])('is not there: %s', (_, header) => {
    expect(nextLink(header)).toBeUndefined();
  });
});

const address = fc
  .tuple(
    fc.webUrl({ withQueryParameters: true }),
    fc.string({ unit: fc.constantFrom(',', ';', '=', '"', ' ', 'a') }),
  )
  .map(([url, rest]) => `${url}${rest}`)
  .filter((url) => !/[<>]/.test(url));
const parameter = fc.oneof(
  fc.constantFrom('title="a, b; c"', 'hreflang=en', 'title="; rel=next"', 'crossorigin', 'title="<x>"'),
  fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', '<', '>', ' ', '=') }).map((text) => `t="${text}"`),
);
const relation = fc.constantFrom('self', 'prev', 'last');

test('okta, links: it is found wherever it stands, whatever stands about it', () => {
  const other = fc.tuple(address, fc.array(parameter, { maxLength: 3 }), relation);
  fc.assert(
    fc.property(
      fc.array(other, { maxLength: 3 }),
      fc.tuple(address, fc.array(parameter, { maxLength: 3 })),
      fc.array(other, { maxLength: 3 }),
      fc.constantFrom(', ', ',', ' , '),
      (before, [next, parameters], after, comma) => {
        const write = ([url, list, rel]: readonly [string, readonly string[], string]): string =>
          [`<${url}>`, ...list, `rel="${rel}"`].join('; ');
        const links = [...before.map(write), write([next, parameters, 'next']), ...after.map(write)];

        expect(nextLink(links.join(comma))).toBe(next);
        expect(nextLink(links)).toBe(next);
        expect(nextLink([...before, ...after].map(write))).toBeUndefined();
      },
    ),
  );
});

test('okta, links: no header makes it throw', () => {
  const text = fc.string({
    unit: fc.constantFrom('<', '>', ';', ',', '"', '\\', '=', ' ', 'rel', 'next', 'x'),
  });
  fc.assert(
    fc.property(text, (header) => {
      expect(() => nextLink(header)).not.toThrow();
    }),
  );
});

test('okta, links: a header of 64 KiB is read once: the time limit of the test is the check', () => {
  for (const part of ['<', '<>;', '<>; a="', '<>; a=b ', '; ', '\\"', '<>;a']) {
    expect(nextLink(part.repeat(65_536 / part.length))).toBeUndefined();
  }
});
