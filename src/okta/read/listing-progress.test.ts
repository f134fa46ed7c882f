import { expect, test } from 'vitest';
import { OktaResponseError } from '../../ports/errors.ts';
import { ListingProgress } from './listing-progress.ts';

function readPages(progress: ListingProgress, count: number, body: unknown): void {
  for (let page = 0; page < count; page += 1) {
    progress.ask(`/api/v1/users?after=${page}`);
    progress.read(body);
  }
}

test('okta, listing progress: 9,999 empty pages in a row under new cursors are progress', () => {
  expect(() => readPages(new ListingProgress('/api/v1/users'), 9999, [])).not.toThrow();
});

test('okta, listing progress: 10,000 of them are no listing any more', () => {
  expect(() => readPages(new ListingProgress('/api/v1/users'), 10_000, [])).toThrow(OktaResponseError);
});
