import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { hashText, makeId } from '../org/random.ts';

const SUMMARIES: Readonly<Record<string, string>> = {
  E0000001: 'Api validation failed',
  E0000004: 'Authentication failed',
  E0000005: 'Invalid session',
  E0000006: 'You do not have permission to perform the requested action',
  E0000007: 'Not found: Resource not found',
  E0000008: 'The requested path was not found',
  E0000009: 'Internal Server Error',
  E0000010: 'Service is in read only mode',
  E0000011: 'Invalid token provided',
  E0000015: 'You do not have permission to access the feature you are requesting',
  E0000022: 'The endpoint does not support the provided HTTP method',
  E0000029: 'Invalid paging request.',
  E0000031: 'Invalid search criteria.',
  E0000033: 'Invalid filter: search and filter may not be used together.',
  E0000047: 'API call exceeded rate limit due to too many requests.',
  E0000053: 'Invalid filter.',
  E0000060: 'Unsupported operation.',
  E0000067: 'Gateway timeout',
};

const CODES: Readonly<Record<number, string>> = {
  400: 'E0000001',
  401: 'E0000015',
  403: 'E0000006',
  404: 'E0000007',
  405: 'E0000022',
  429: 'E0000047',
  500: 'E0000009',
  501: 'E0000060',
  502: 'E0000009',
  503: 'E0000010',
  504: 'E0000067',
};

/** Okta's error body; without a code, the one that Okta gives with this status. */
export function problem(
  status: number,
  code?: string,
  detail?: string,
  causes: readonly string[] = [],
): ServerAnswer {
  const errorCode = code ?? CODES[status] ?? 'E0000009';
  const errorSummary = detail ?? SUMMARIES[errorCode] ?? 'An error';
  return jsonAnswer(status, {
    errorCode,
    errorSummary,
    errorLink: errorCode,
    errorId: makeId('oae', hashText(errorSummary), status),
    errorCauses: causes.map((each) => ({ errorSummary: each })),
  });
}
