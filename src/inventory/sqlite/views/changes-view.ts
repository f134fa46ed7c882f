import { number, text, type PublicView } from './view.ts';

export const CHANGES_VIEW: PublicView = {
  name: 'changes',
  says: 'what has changed since the end of the first full run, as far as both sides of a change were known; kept for HISTORY_DAYS',
  columns: {
    at: text(
      'when a run stored it, by the clock of this machine; the change may have come since the run before',
    ),
    run_id: text('the run that saw it'),
    what: text('the kind of change: a fixed value, see Changes below'),
    subject_id: text('whom or what it is about: a user, group, application, rule or device'),
    object_id: text(
      'the other end: the group, role, factor, application or device; a role by its type, a custom role by its id, or by its label where the id is not known',
    ),
    before: text('what was; NULL: nothing'),
    after: text('what is; NULL: nothing'),
    sequence: number('in the order in which they were seen; unique'),
  },
  sql: `
    SELECT c.at AS at, c.run_id AS run_id, c.what AS what, c.subject_id AS subject_id, c.object_id AS object_id,
      c.before AS before, c.after AS after, c.sequence AS sequence
    FROM main.changes AS c`,
};
