import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubtOf } from './confirmation.ts';

const SECRET = 'key-that-nobody-may-see';

function doubt(text: string, sent = 3): string | undefined {
  return doubtOf({ text, isWhole: true, sent, secret: SECRET });
}

describe('sinks, confirmation: confirmed is what is empty, or JSON that tells of no error', () => {
  test.each([
    '',
    ' \r\n\t',
    '\uFEFF',
    '\uFEFF{"accepted":3}',
    'null',
    'true',
    '"ok"',
    '[]',
    '7',
    '{}',
    '{"ok":true}',
    '{"accepted":3}',
    '{"accepted":true}',
    '{"accepted":["a","b","c"]}',
    '{"created":1,"updated":2}',
    '{"message":"3 events stored"}',
    '{"status":"ok"}',
    '{"status":200}',
    '{"status":"success","failed":0,"rejected":[],"errors":[]}',
    '{"error":null,"errors":{},"has_errors":false,"error_message":""}',
    '{"results":[{"id":"a","status":201},{"id":"b","status":"stored"}]}',
    '{"data":{"accepted":3,"error_count":0}}',
  ])('%j', (text) => {
    expect(doubt(text)).toBeUndefined();
  });

  test('a count of 0 of an empty batch', () => {
    expect(doubt('{"accepted":0}', 0)).toBeUndefined();
  });
});

describe('sinks, confirmation: not confirmed, and told in a few words, is', () => {
  test.each([
    ['<!DOCTYPE html><html><head><title> Sign in </title>', 'an HTML page with the title "Sign in"'],
    ['<html><body>Welcome', 'an HTML page'],
    ['<?xml version="1.0"?><error/>', 'XML instead of JSON'],
    ['OK', 'a text that is not JSON: "OK"'],
    ['{"accepted":3', 'JSON that is broken or cut off'],
    ['false', 'the JSON value false'],
    ['"error: not stored"', 'a JSON error: error: not stored'],
    ['{"code":"E1","message":"not stored"}', 'a JSON error: E1: not stored'],
    ['{"code":500,"message":"not stored"}', 'a JSON error: 500: not stored'],
    ['{"error":"not stored"}', 'a JSON error: error not stored'],
    ['{"error":{"code":"E1","message":"no"}}', 'a JSON error: error E1: no'],
    ['{"error":true}', 'a JSON error: error'],
    ['{"errors":["a","b"]}', 'a JSON error: errors (2) a'],
    ['{"errors":[{"message":"no"}]}', 'a JSON error: errors (1) no'],
    ['{"errors":2}', 'a JSON error: errors 2'],
    ['{"status":"error"}', 'a JSON error: status error'],
    ['{"status":"FAILED"}', 'a JSON error: status FAILED'],
    ['{"statusCode":503}', 'a JSON error: statusCode 503'],
    ['{"status":"503"}', 'a JSON error: status 503'],
    ['{"success":false}', 'a JSON error: success false'],
    ['{"accepted":false}', 'a JSON error: accepted false'],
    ['{"accepted":0}', 'accepted 0 of 3 events'],
    ['{"accepted":2}', 'accepted 2 of 3 events'],
    ['{"accepted":["a"]}', 'accepted 1 of 3 events'],
    ['{"accepted":3,"rejected":1}', 'a JSON error: rejected 1'],
    ['{"failed":[{"reason":"too old"}]}', 'a JSON error: failed (1) too old'],
    ['{"error_count":1}', 'a JSON error: error_count 1'],
    ['[{"status":201},{"status":422}]', 'a JSON error: status 422'],
    ['{"items":[{"index":{"status":201}},{"index":{"error":"no"}}]}', 'a JSON error: error no'],
    ['{"data":{"accepted":1}}', 'accepted 1 of 3 events'],
  ])('%s', (text, told) => {
    expect(doubt(text)).toBe(told);
  });

  test('what was not read whole', () => {
    expect(doubtOf({ text: '{}', isWhole: false, sent: 1, secret: SECRET })).toMatch(/too long/);
  });
});

test('sinks, confirmation: what is told never holds the secret, and is one short printable line', () => {
  const said = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(`{"error":"${SECRET}"}`));
  fc.assert(
    fc.property(said, fc.boolean(), (text, isError) => {
      const told = doubt(isError ? JSON.stringify({ code: SECRET, message: text }) : text) ?? '';

      expect(told).not.toContain(SECRET);
      expect(told).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(told.length).toBeLessThanOrEqual(160);
    }),
    { numRuns: 500 },
  );
});
