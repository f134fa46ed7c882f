import { nearestName } from './nearest.ts';
import { allowing, right, wrong, type Parsed } from './parsed.ts';

/** A text that looks like a name. Any other text may be a secret put here by mistake, so only its place is named. */
const LIKE_A_NAME = /^[A-Za-z][A-Za-z._-]{0,29}\d?$/;

/** Comma-separated, in any case; the set is in the order of `values`, whatever the text's. @param noun what a member is */
export function someOf<const T extends string>(noun: string, values: readonly T[], whenNone?: string) {
  return allowing({ kind: 'several', values }, (text): Parsed<ReadonlySet<T>> => {
    const members = text.split(',').map((member) => member.trim());
    const chosen = values.filter((value) => members.some((member) => isSame(member, value)));
    const isKnown = (member: string): boolean =>
      member === '' || values.some((value) => isSame(member, value));
    if (!members.every(isKnown)) return wrongMembers(members, { noun, known: values, isKnown });
    return chosen.length === 0 ? wrong(`names no ${noun}`, whenNone) : right(new Set(chosen));
  });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

interface Membership {
  readonly noun: string;
  readonly known: readonly string[];
  /** All allowed members, in words; absent: the known ones are listed. */
  readonly allowed?: string;
  readonly isKnown: (member: string) => boolean;
}

/** Names each wrong member of a list, what is allowed, and what was probably meant. */
export function wrongMembers(
  members: readonly string[],
  { noun, known, allowed = known.join(', '), isKnown }: Membership,
): Parsed<never> {
  const unknown = members.flatMap((member, index) => (isKnown(member) ? [] : [{ member, place: index + 1 }]));
  const shown = unknown.map(({ member, place }) => shownMember(member, place));
  const meant = unknown.flatMap(({ member }) => nearestName(member, known) ?? []);
  return wrong(
    `names an unknown ${noun}: ${shown.join(', ')}; allowed are: ${allowed}`,
    meant.length === 0 ? undefined : `did you mean ${[...new Set(meant)].join(', ')}?`,
  );
}

export function shownMember(member: string, place: number): string {
  return LIKE_A_NAME.test(member) ? `"${member}"` : `entry ${place}`;
}
