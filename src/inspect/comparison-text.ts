import type { ComparisonSummary, DifferenceKind, FieldDifference, UserComparison } from './comparison.ts';

const LONGEST_VALUE = 80;

const WORDS: Readonly<Record<DifferenceKind, string>> = {
  'missing-there': 'missing there',
  'missing-here': 'missing here',
  differs: 'differs',
  'stale-there': 'stale there',
  'stale-here': 'stale here',
};

/** One user's differences for people; empty where there are none. */
export function comparisonLines(compared: UserComparison): readonly string[] {
  const { uid } = compared;
  if (compared.kind === 'same') return [];
  if (compared.kind !== 'different')
    return [`${uid}: ${compared.kind === 'only-here' ? 'only here' : 'only there'}`];
  return compared.fields.map((field) => `${uid}: ${fieldText(field)}`);
}

function fieldText({ path, kind, theirs, ours }: FieldDifference): string {
  const values = [
    ...(theirs === undefined ? [] : [`${shown(theirs)} there`]),
    ...(ours === undefined ? [] : [`${shown(ours)} here`]),
  ];
  return `${WORDS[kind]}: ${path}, ${values.join(', ')}`;
}

export function summaryLines({ users, fields }: ComparisonSummary): readonly string[] {
  const { same, different, 'only-here': here, 'only-there': there } = users;
  const counted = Object.entries(fields).map(([path, counts]) => {
    const kinds = Object.entries(WORDS).flatMap(([kind, words]) => {
      const count = Object.entries(counts).find(([name]) => name === kind)?.[1];
      return count === undefined ? [] : [`${words} ${count}`];
    });
    return `  ${path}: ${kinds.join(', ')}`;
  });
  return [
    `${same} users the same, ${different} different, ${here} only here, ${there} only there`,
    ...counted,
  ];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}...`;
}
