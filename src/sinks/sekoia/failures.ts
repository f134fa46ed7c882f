import type { HttpFault } from '../../http/client.ts';
import { describeFault } from '../../http/faults.ts';
import { SinkAuthError, SinkUnavailableError, type ConnectorError } from '../../ports/errors.ts';

const INTAKE = { setting: 'SEKOIA_BASE_URL', what: 'the intake', status: 'the status of the intake' };

/** The error for a push that got no answer. */
export function failureOf(fault: HttpFault, host: string): ConnectorError {
  const { kind, what, hint } = describeFault(fault, INTAKE);
  if (kind === 'bad-header') {
    return new SinkAuthError('the API key holds a character that no HTTP header may carry', {
      hint: 'check SEKOIA_API_KEY: no line break, nothing but the key',
    });
  }
  const Kind = fault.proxy?.kind === 'refused' ? SinkAuthError : SinkUnavailableError;
  return new Kind(`the intake at ${host} ${what}`, { hint, cause: { code: fault.code } });
}
