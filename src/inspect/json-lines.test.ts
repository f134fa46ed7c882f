import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './json-lines.ts';

const TEXT = `{
  "a": [
    1,
    { "b": "x, y: {}\\"", "c/d~e": null }
  ],
  "b": {}, "a2":
    true
}`;

it.each([
  ['', 10],
  ['/a', 11],
  ['/a/0', 12],
  ['/a/1', 13],
  ['/a/1/b', 13],
  ['/a/1/c~1d~0e', 13],
  ['/b', 15],
  ['/a2', 16],
  ['/nowhere', undefined],
])('inspect, json lines: finds the line of "%s"', (pointer, line) => {
  expect(linesOf(TEXT, new Set([pointer]), 10).get(pointer)).toBe(line);
});

/** Every pointer into a value. */
function pointersInto(value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return [pointer];
  const entries = Object.entries(value);
  return [
    pointer,
    ...entries.flatMap(([key, part]) =>
      pointersInto(part, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    ),
  ];
}

it('inspect, json lines: finds every place of any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const wanted = new Set(pointersInto(JSON.parse(JSON.stringify(value))));

      expect([...linesOf(JSON.stringify(value, undefined, indent), wanted, 1).keys()].length).toBe(
        wanted.size,
      );
    }),
  );
});
