import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { presentText, type Texts } from './given.ts';
import { REFERENCE_FOLDER } from './reference.ts';

/** The folder in which the reference connector stores its checkpoint. */
const REFERENCE_DATA = '/symphony_data';
const FILE = 'context.json';
/** The checkpoint is one date, so a larger file is something else. */
const MOST_CHARACTERS = 65_536;

const Context = z.object({ most_recent_date_seen: z.unknown() });

export interface ReferenceFolders {
  readonly settings: string;
  readonly data: string;
}

const REFERENCE_FOLDERS: ReferenceFolders = { settings: REFERENCE_FOLDER, data: REFERENCE_DATA };

/**
 * Finds the reference connector's own checkpoint, in its place or, where its volume was taken over, in `STATE_DIR`. It
 * is of no use here: the date of the newest creation says nothing about what has been delivered or has changed since.
 */
export function findReferenceContext(
  env: Texts,
  stateDir: string,
  folders: ReferenceFolders = REFERENCE_FOLDERS,
): string | undefined {
  const { settings, data } = folders;
  const subFolder = presentText(readText(join(settings, 'sub_folder')) ?? env['SUB_FOLDER']);
  const places = [...(subFolder === undefined ? [] : [join(data, subFolder)]), data, stateDir];
  return places.map((place) => join(place, FILE)).find(isContext);
}

function isContext(file: string): boolean {
  const text = readText(file);
  if (text === undefined || text.length > MOST_CHARACTERS) return false;
  try {
    return Context.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** A file that cannot be read counts as absent: nothing depends on it. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
