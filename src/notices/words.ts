import type { Notice, NoticeCause, Severity } from '../ports/notices.ts';
import type { Telling } from './decide.ts';
import type { KnownTrouble } from './memory.ts';

interface CauseWords {
  readonly severity: Severity;
  readonly title: (trouble: KnownTrouble) => string;
  readonly over: (trouble: KnownTrouble) => string;
  readonly todo: (trouble: KnownTrouble) => string;
}

/** Our own words and counts: nothing that Okta or the intake said, and no name, login or id. */
const WORDS: Readonly<Record<NoticeCause, CauseWords>> = {
  'credential-refused': {
    severity: 'high',
    title: (trouble) => `${sideOf(trouble)} refuses the credential`,
    over: (trouble) => `${sideOf(trouble)} accepts the credential again`,
    todo: ({ side }) =>
      side === 'intake'
        ? 'give a valid SEKOIA_API_KEY that may send to this connector; `okta-ocsf test` tries it'
        : 'give a valid Okta credential that may read users; `okta-ocsf test` says what is missing',
  },
  'no-completed-run': {
    severity: 'high',
    title: () => 'no run has completed in time',
    over: () => 'a run has completed again',
    todo: () => 'look at `okta-ocsf report` and at the log: the last runs failed, or one does not end',
  },
  'delivery-stopped': {
    severity: 'high',
    title: ({ count }) => `the intake takes no events${count === undefined ? '' : `, ${waiting(count)}`}`,
    over: () => 'the intake takes events again',
    todo: () => 'look at the intake and at the network between here and it; the events wait on disk',
  },
  'dead-letters': {
    severity: 'medium',
    title: ({ count }) => `${many(count, 'event')} cannot be delivered`,
    over: () => 'there are no dead letters any more',
    todo: () => 'run `okta-ocsf dead-letters`: it shows why',
  },
  'removals-held': {
    severity: 'medium',
    title: ({ count }) => `${many(count, 'user')} seem to be gone at once and are kept (MAX_REMOVALS)`,
    over: () => 'no removal is held back any more',
    todo: () =>
      'check in the Admin Console that they are deleted and that the credential may see all users; if so, run `okta-ocsf sync --accept-removals` once',
  },
  'gaps-up': {
    severity: 'medium',
    title: ({ count }) => `many more answers are unknown than before: ${count ?? 'some'}`,
    over: () => 'no more answers are unknown than before',
    todo: () => 'run `okta-ocsf test`: it says which permission is missing',
  },
};

/** The message to operators that a decision asks for. */
export function noticeOf({ trouble, kind }: Telling, id: string, now: number): Notice {
  const { cause, side, since, count } = trouble;
  const words = WORDS[cause];
  const isOver = kind === 'over';
  const title = isOver ? words.over(trouble) : words.title(trouble);
  return {
    id,
    type: isOver ? 'operator.over' : 'operator.trouble',
    time: new Date(now).toISOString(),
    title: `okta-ocsf: ${kind === 'again' ? 'still: ' : ''}${title}`,
    severity: isOver ? 'informational' : words.severity,
    data: {
      cause,
      ...(side === undefined ? {} : { side }),
      since: new Date(since).toISOString(),
      ...(count === undefined || isOver ? {} : { count }),
      ...(isOver ? {} : { todo: words.todo(trouble) }),
    },
  };
}

function sideOf({ side }: KnownTrouble): string {
  return side === 'intake' ? 'the intake' : 'Okta';
}

function waiting(count: number): string {
  return `${many(count, 'event')} ${count === 1 ? 'waits' : 'wait'}`;
}

function many(count: number | undefined, what: string): string {
  return count === 1 ? `1 ${what}` : `${count ?? 'some'} ${what}s`;
}
