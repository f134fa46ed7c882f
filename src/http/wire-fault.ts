/** What is wrong with an answer that is no proper HTTP, in words; `undefined` for other faults of a connection. */
export function wireFaultWords(code: string, hasBegun = false): string | undefined {
  if (/CONTENT_LENGTH/.test(code)) return `an answer whose length is not the one it told (${code})`;
  if (code.startsWith('HPE_')) return `an answer that is not proper HTTP (${code})`;
  if (/^Z_|^ERR_BROTLI|^ERR_ZSTD|^ZSTD_/.test(code)) return `an answer that cannot be unpacked (${code})`;
  if (code === 'ETIMEDOUT' && hasBegun) return `an answer that began and did not end (${code})`;
  return undefined;
}
