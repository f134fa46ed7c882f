/** A piece of text that should be one JSON value, or an array of them, and the line on which it begins. */
export interface EventText {
  readonly line: number;
  readonly text: string;
}

const BYTE_ORDER_MARK = '\u{FEFF}';

/** The line that ends the piece: in indented output, an object ends where its bracket closes at the start of a line. */
function endOf(firstLine: string): string | undefined {
  return firstLine === '{' ? '}' : undefined;
}

/**
 * Cuts what is read into events: one a line, each object indented as `dry-run --pretty` prints it, or one array over
 * the whole text, which is then a single piece.
 */
export async function* readEventTexts(lines: AsyncIterable<string>): AsyncGenerator<EventText> {
  let number = 0;
  let piece:
    { readonly line: number; readonly end: string | undefined; readonly lines: string[] } | undefined;
  for await (const given of lines) {
    number += 1;
    const line = number === 1 && given.startsWith(BYTE_ORDER_MARK) ? given.slice(1) : given;
    if (piece === undefined && line.trim() === '') continue;
    if (piece === undefined) {
      const isWhole = line.trimStart().startsWith('[');
      const end = endOf(line.trimEnd());
      if (!isWhole && end === undefined) {
        yield { line: number, text: line };
        continue;
      }
      piece = { line: number, end, lines: [line] };
      continue;
    }
    piece.lines.push(line);
    if (line.trimEnd() !== piece.end) continue;
    yield { line: piece.line, text: piece.lines.join('\n') };
    piece = undefined;
  }
  if (piece !== undefined) yield { line: piece.line, text: piece.lines.join('\n') };
}
