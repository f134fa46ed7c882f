import { expect, it } from 'vitest';
import { someFacets } from '../../enrich/facets.fixture.ts';
import { createEventMaker } from '../make-event.ts';
import { sekoia } from '../sekoia.ts';
import { makerOptions } from './official.fixture.ts';
import { stampEvent } from './stamp.ts';

const STAMP = { uid: 'id "quoted"', runId: 'run-1', loggedAt: 1_790_000_000_000 };

it('official dialects, stamp: adds the id, the run and the time to the metadata and leaves the rest as it was', () => {
  const made = createEventMaker(makerOptions('1.6.0'))(someFacets());
  const body = made.kind === 'event' ? made.body : '';
  const { metadata, ...rest } = JSON.parse(body);

  expect(JSON.parse(stampEvent(body, STAMP))).toEqual({
    ...rest,
    metadata: { ...metadata, uid: 'id "quoted"', correlation_uid: 'run-1', logged_time: 1_790_000_000_000 },
  });
});

it('official dialects, stamp: refuses what is not an event of an official dialect', () => {
  expect(() => stampEvent('{"user":{}}', STAMP)).toThrow('does not begin with its metadata');
});

it('official dialects, stamp: has no place in an event of the reference', () => {
  expect(sekoia.stamp('{"user":{}}', STAMP)).toBe('{"user":{}}');
});
