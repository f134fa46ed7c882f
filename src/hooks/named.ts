import type { Mark } from '../ports/inventory.ts';
import type { ToldEvent } from '../ports/source.ts';

/** Okta's own ids have 20 letters and digits. */
const ID = /^[\w-]{1,64}$/;
const TYPE = /^[\w.-]{1,100}$/;

/** The events whose type and ids have the form of Okta's: nothing else of a request is ever kept. */
export function onlyNamed(events: readonly ToldEvent[]): readonly ToldEvent[] {
  return events.filter(({ type, uuid, marks }) => {
    const isUuid = uuid === undefined || ID.test(uuid);
    return TYPE.test(type) && isUuid && marks.every(isNamed);
  });
}

function isNamed(mark: Mark): boolean {
  const member = 'member' in mark ? mark.member : undefined;
  return ID.test(mark.id) && (member === undefined || ID.test(member));
}
