import { right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

const LONGEST_PATH = 200;
/** A secret that nobody guesses, however fast the port answers. */
const SHORTEST_SECRET = 32;
/** Headers that say something else. */
const TAKEN = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'x-okta-verification-challenge',
]);

/** The secrets of the header: two while they are rotated. */
export class HookSecrets extends Secret {
  readonly all: readonly Secret[];

  constructor(texts: readonly string[]) {
    super(texts.join(','), texts);
    this.all = texts.map((text) => new Secret(text));
  }
}

export function secrets(text: string): Parsed<HookSecrets> {
  const texts = text
    .split(/[,\r\n]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (texts.length === 0 || texts.length > 2) return wrong('must be one secret, or two while it is rotated');
  if (texts.some((each) => !/^[\x20-\x7e]+$/.test(each)))
    return wrong('holds characters that are not plain ASCII', 'give letters and digits');
  if (texts.some((each) => each.length < SHORTEST_SECRET))
    return wrong(
      `is shorter than ${SHORTEST_SECRET} characters`,
      'make a random one, for example with: openssl rand -hex 32',
    );
  return right(new HookSecrets(texts));
}

export function path(text: string): Parsed<string> {
  if (text.length <= LONGEST_PATH && /^\/[\w.~/-]*$/.test(text)) return right(text);
  return wrong('must be a path that starts with /, without query');
}

/** In small letters, as headers are compared. */
export function headerName(text: string): Parsed<string> {
  const name = text.toLowerCase();
  if (!/^[a-z0-9-]{1,100}$/.test(name)) return wrong('must be the name of a header');
  if (TAKEN.has(name)) return wrong('is a header that says something else');
  return right(name);
}

export function filePath(text: string): Parsed<string> {
  return right(text);
}
