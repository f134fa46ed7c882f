/**
 * The form that every server uses (RFC 9110). JavaScript would read other texts as dates too, in years that no clock
 * shows.
 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The date of a header as Unix milliseconds (whole seconds); `undefined` for any other text and where there is none.
 */
export function parseHttpDate(text: string | undefined): number | undefined {
  const at = text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return at >= 0 ? at : undefined;
}
