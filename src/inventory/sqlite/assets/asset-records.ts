import { InventoryError } from '../../../ports/errors.ts';
import type { AssetRecords, RecordKind, SetKind, SetRecords } from '../../../ports/assets.ts';

interface Identified {
  readonly id: string;
}

function isIdentified(value: unknown): value is Identified {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

/** Reads JSON that the inventory wrote itself, so that only its outer shape is checked. */
function read<T extends Identified>(text: string, is: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(text);
  if (is(value)) return value;
  throw new InventoryError('the inventory holds a record that makes no sense', {
    hint: 'the file was changed by something else: move it away, the next run then starts afresh',
  });
}

export function readRecord<K extends RecordKind>(_kind: K, text: string): AssetRecords[K] {
  return read(text, (value): value is AssetRecords[K] => isIdentified(value));
}

export function readLink<K extends SetKind>(_kind: K, text: string): SetRecords[K] {
  return read(text, (value): value is SetRecords[K] => isIdentified(value));
}
