import { expect, it } from 'vitest';
import { fillTree, growTree } from './tree.ts';

const tree = growTree(['a.b.c', 'd', 'a.b.e', 'a.f']);

it('official dialects, tree: puts values at their places, objects in the order in which they first come', () => {
  expect(JSON.stringify(fillTree(tree, [1, 2, 3, 4]))).toBe('{"a":{"b":{"c":1,"e":3},"f":4},"d":2}');
});

it('official dialects, tree: leaves out what is absent, and objects without anything in them', () => {
  expect(fillTree(tree, [undefined, false, undefined, undefined])).toEqual({ d: false });
  expect(fillTree(tree, [])).toBeUndefined();
});

it('official dialects, tree: cannot be grown through a value', () => {
  expect(() => growTree(['a', 'a.b'])).toThrow('a.b goes through a value');
});
