import { describe, expect, test } from 'vitest';
import { batchOf } from './batch.ts';

const LIMITS = { count: 10, bytes: 1000, envelopeBytes: 24 };

function event(id: string, body = '{}') {
  return { asset: { kind: 'user', id }, body } as const;
}

const idsOf = (batch: ReturnType<typeof batchOf>): string[] => batch.map(({ asset }) => asset.id);

describe('inventory policy, batch: inventory, policy: a batch', () => {
  test('is what comes in turn', () => {
    expect(idsOf(batchOf([event('u2'), event('u1')], LIMITS))).toEqual(['u2', 'u1']);
  });

  test('is empty when nothing waits', () => {
    expect(batchOf([], LIMITS)).toEqual([]);
  });

  test('has the first event of each asset, and room for others in place of a second one', () => {
    const inTurn = [event('u1', '1'), event('u1', '2'), event('u2'), event('u3')];

    const batch = batchOf(inTurn, { ...LIMITS, count: 2 });

    expect(batch).toEqual([event('u1', '1'), event('u2')]);
  });

  test.each([
    ['fills the limit to the last byte', 24 + 4 + 1 + 4, ['u1', 'u2']],
    ['leaves out what is one byte too much', 24 + 4 + 1 + 3, ['u1']],
  ])('%s, with the envelope, and one byte between two events', (_, bytes, ids) => {
    // Each of the two letters takes two bytes.
    const inTurn = [event('u1', 'éé'), event('u2', 'éé'), event('u3', 'éé')];

    expect(idsOf(batchOf(inTurn, { ...LIMITS, bytes }))).toEqual(ids);
  });

  test('is a single event where that is larger than the limit', () => {
    const large = 'x'.repeat(5000);

    expect(idsOf(batchOf([event('u1', large), event('u2')], LIMITS))).toEqual(['u1']);
    expect(idsOf(batchOf([event('u1'), event('u2', large)], LIMITS))).toEqual(['u1']);
  });

  test('reads no further than it takes', () => {
    const read: string[] = [];
    function* inTurn() {
      for (const id of ['u1', 'u2', 'u3', 'u4']) {
        read.push(id);
        yield event(id);
      }
    }

    batchOf(inTurn(), { ...LIMITS, count: 2 });

    expect(read).toEqual(['u1', 'u2', 'u3']);
  });
});
