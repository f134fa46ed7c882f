import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findReferenceContext, type ReferenceFolders } from './reference-context.ts';

const CONTEXT = '{"most_recent_date_seen": "2025-09-16T08:00:00.000Z"}';
let root = '';
let folders: ReferenceFolders;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'okta-ocsf-context-'));
  folders = { settings: join(root, 'symphony'), data: join(root, 'symphony_data') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function find(env: Record<string, string> = {}): string | undefined {
  return findReferenceContext(env, join(root, 'state'), folders);
}

describe("settings, reference context: the reference connector's checkpoint", () => {
  test.each(['symphony_data/context.json', 'state/context.json'])('is found in %s', (path) => {
    const file = put(path, CONTEXT);

    expect(find()).toBe(file);
  });

  test('is found in the folder that SUB_FOLDER names', () => {
    const file = put('symphony_data/okta/context.json', CONTEXT);

    expect(find({ SUB_FOLDER: 'okta' })).toBe(file);
  });

  test('is found in the folder that its file of that name names', () => {
    const file = put('symphony_data/okta/context.json', CONTEXT);
    put('symphony/sub_folder', 'okta\n');

    expect(find({ SUB_FOLDER: 'elsewhere' })).toBe(file);
  });

  test.each([
    ['something else', '{"colour": "red"}'],
    ['no object', '[]'],
    ['no JSON', '{"most_recent_date_seen"'],
    ['far too long', JSON.stringify({ most_recent_date_seen: 'x'.repeat(70_000) })],
  ])('is not a file that holds %s', (_what, text) => {
    put('symphony_data/context.json', text);

    expect(find()).toBeUndefined();
  });

  test('is not looked for in vain', () => {
    expect(find()).toBeUndefined();
  });
});
