/** Takes the API key out of a text, because an answer may quote it. */
export function withoutSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '[secret]');
}

/** The text as one printable line of at most `most` characters. */
export function plainExcerpt(text: string, most: number): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return (line.length > most ? `${line.slice(0, most - 1)}…` : line).toWellFormed();
}
