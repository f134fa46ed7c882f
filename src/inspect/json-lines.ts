/** The lines at which the values behind some pointers begin. The text must be valid JSON. */
export function linesOf(text: string, wanted: ReadonlySet<string>, firstLine: number): Map<string, number> {
  const found = new Map<string, number>();
  const open: Frame[] = [];
  let line = firstLine;
  let isKey = false;

  const deepest = [...wanted].reduce((most, pointer) => Math.max(most, pointer.split('/').length - 1), 0);

  function begin(): void {
    if (open.length > deepest) return;
    const pointer = open.map(({ step }) => `/${step}`).join('');
    if (wanted.has(pointer)) found.set(pointer, line);
  }

  for (const [token] of text.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (token.startsWith('\n')) line += 1;
    else if (token === '{' || token === '[') {
      begin();
      open.push(token === '{' ? { step: '' } : { step: 0 });
      isKey = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      isKey = false;
    } else if (token === ',') {
      if (typeof top?.step === 'number') top.step += 1;
      isKey = typeof top?.step === 'string';
    } else if (token === ':') isKey = false;
    else if (isKey && top !== undefined) top.step = stepOf(token);
    else begin();
  }
  return found;
}

/** The present key of an object, or the present index of a list. */
interface Frame {
  step: string | number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|\n|[^\s{}[\],:"]+/gu;

/** A key in the form of JSON pointers. */
function stepOf(token: string): string {
  return String(JSON.parse(token)).replaceAll('~', '~0').replaceAll('/', '~1');
}
