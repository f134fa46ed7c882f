import { describe, expect, test } from 'vitest';
import type { OutboxEvent } from '../ports/sink.ts';
import { ENVELOPE_BYTES, writeBody } from './sekoia/body.ts';
import { batchBytes, fit, halve, isWithin, narrow, widen } from './batching.ts';
import { MemoryOutbox } from './outbox.fixture.ts';

const events = ['{"a":1}', '{"name":"Zoë 🐝"}', '{}', '{"b":[1,2]}'].map((body, index): OutboxEvent => ({
  sequence: index + 1,
  asset: { kind: 'user', id: `u${index + 1}` },
  body,
}));
const sizeOf = (batch: readonly OutboxEvent[]) => Buffer.byteLength(writeBody(batch.map(({ body }) => body)));

describe('sinks, batching', () => {
  test('the body is the envelope around the events as they stand', () => {
    const body = writeBody(['{"a": 1}', '{"b":"\\u00e9"}']);

    expect(body).toBe('{"version":1,"items":[{"a": 1},{"b":"\\u00e9"}]}');
    expect(writeBody([])).toBe('{"version":1,"items":[]}');
  });

  test('bytes are counted as they leave: utf-8, commas and envelope included', () => {
    for (let count = 0; count <= events.length; count += 1) {
      const batch = events.slice(0, count);

      expect(batchBytes(batch, ENVELOPE_BYTES)).toBe(sizeOf(batch));
    }
    expect(ENVELOPE_BYTES).toBe(sizeOf([]));
  });

  test('a batch holds as many events as count and bytes allow, to the byte', () => {
    const three = sizeOf(events.slice(0, 3));

    expect(fit(events, { count: 9, bytes: three, envelopeBytes: ENVELOPE_BYTES })).toHaveLength(3);
    expect(fit(events, { count: 9, bytes: three - 1, envelopeBytes: ENVELOPE_BYTES })).toHaveLength(2);
    expect(fit(events, { count: 2, bytes: three, envelopeBytes: ENVELOPE_BYTES })).toHaveLength(2);
    expect(fit(events, { count: 9, bytes: 9999, envelopeBytes: ENVELOPE_BYTES })).toHaveLength(4);
  });

  test('the outbox of these tests counts like the bodies', async () => {
    for (const bytes of [1, 31, 32, 33, 55, 60, 66, 80]) {
      const outbox = new MemoryOutbox();
      for (const { asset, body } of events) outbox.saveBody(asset.id, body);

      const taken = await outbox.take({ count: 9, bytes, envelopeBytes: ENVELOPE_BYTES });

      expect(taken).toEqual(fit(events, { count: 9, bytes, envelopeBytes: ENVELOPE_BYTES }));
    }
  });

  test('a single larger event goes alone', () => {
    const limits = { count: 9, bytes: 10, envelopeBytes: ENVELOPE_BYTES };

    expect(fit(events, limits)).toHaveLength(1);
    expect(isWithin(events.slice(0, 1), limits)).toBe(true);
    expect(isWithin(events.slice(0, 2), limits)).toBe(false);
    expect(fit([], limits)).toEqual([]);
  });

  test('halves lose nothing and keep the order', () => {
    const [left, right] = halve(events.slice(0, 3));

    expect([...left, ...right]).toEqual(events.slice(0, 3));
    expect([left.length, right.length]).toEqual([2, 1]);
  });

  test('room for events in flight is added to a full batch, to the byte', () => {
    const [held, rest] = halve(events);

    const wide = widen({ count: rest.length, bytes: sizeOf(rest), envelopeBytes: ENVELOPE_BYTES }, held);

    expect(wide).toEqual({ count: events.length, bytes: sizeOf(events), envelopeBytes: ENVELOPE_BYTES });
  });

  test('what was too large halves the bytes, and never widens them', () => {
    const limits = { count: 100, bytes: 1000, envelopeBytes: ENVELOPE_BYTES };

    expect(narrow(limits, events)).toEqual({
      count: 100,
      bytes: Math.floor(sizeOf(events) / 2),
      envelopeBytes: ENVELOPE_BYTES,
    });
    expect(narrow({ count: 100, bytes: 10, envelopeBytes: ENVELOPE_BYTES }, events).bytes).toBe(10);
  });
});
