/** As every server writes it (RFC 9110): other texts are dates to JavaScript too, of years that no clock shows. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** A date of a header as Unix milliseconds, whole seconds; `undefined` where there is none, and for other texts. */
export function parseHttpDate(text: string | undefined): number | undefined {
  const at = text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return at >= 0 ? at : undefined;
}
