import type { Normalised } from '../dialect.ts';
import type { AttributeRow } from './row.ts';
import { fillTree, growTree } from './tree.ts';

function decidingValue<Of>({ decides }: AttributeRow<Of>, value: unknown, said: Of): unknown {
  if (decides === undefined) return value;
  return typeof decides === 'function' ? decides(said) : undefined;
}

/** Writes drafts by the rows of one version. */
export function createWriter<Of>(rows: readonly AttributeRow<Of>[]): (said: Of) => Normalised {
  const tree = growTree(rows.map(({ path }) => path));
  return (said) => {
    const values = rows.map((row) => row.value(said));
    return {
      kind: 'draft',
      draft: fillTree(tree, values) ?? {},
      deciding: rows.map((row, at) => decidingValue(row, values[at], said)),
      signIn: rows.map(({ decides }, at) => (decides === 'as sign-in' ? values[at] : undefined)),
    };
  };
}
