import { z } from 'zod';
import {
  ConnectorError,
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
} from '../../ports/errors.ts';
import type { Check, Trouble } from '../../ports/checks.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { howToGrant, type CredentialKind } from '../auth/grants.ts';
import type { LookupCheck } from './lookup-checks.ts';

/** One more try after the first: a test must end soon. */
const TRIES = 2;

/** The result of one read: an answer, or the error instead. Throws errors that end the whole test. */
export async function readOnce(
  client: Pick<OktaClient, 'get'>,
  path: string,
  template: string,
): Promise<OktaAnswer | ConnectorError> {
  try {
    return await client.get(path, template, { tries: TRIES });
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}

const entries = z.array(z.object({ id: z.string() }));

/** The id of the first entry, where the answer is a list that has one. */
export function firstId({ body }: OktaAnswer): string | undefined {
  return entries.safeParse(body).data?.[0]?.id;
}

type Shared = Pick<Check, 'code' | 'title'>;

/** A warning for a lookup without an answer: runs can do without it, but the owner should know. */
export function troubleOf(
  { code, title, template, cost, grant }: Pick<LookupCheck, 'code' | 'title' | 'template' | 'cost' | 'grant'>,
  error: ConnectorError,
  credential: CredentialKind,
): Trouble {
  const shared = { code, title, status: 'warning', detail: error.message, cost } as const;
  if (error instanceof OktaForbiddenError) {
    return { ...shared, todo: error.hint ?? howToGrant(grant, credential), isRefusal: true };
  }
  if (error instanceof OktaNotFoundError || error instanceof OktaFeatureOffError) {
    const todo = 'nothing, when this org does not offer it; LOOKUPS can leave the question out';
    return { ...shared, detail: `this org does not answer GET ${template}: ${error.message}`, todo };
  }
  if (error instanceof OktaAuthError) {
    const cost = 'runs end where Okta does not accept the credential';
    return { ...shared, status: 'failed', cost, todo: hintOf(error), isRefusal: true };
  }
  return { ...shared, todo: hintOf(error) };
}

/** A failure for an answer that runs cannot do without. */
export function failureOf(
  { code, title }: Shared,
  error: ConnectorError,
  cost: string,
  todo?: string,
): Trouble {
  const isRefusal = error instanceof OktaForbiddenError || error instanceof OktaAuthError;
  return {
    code,
    title,
    status: 'failed',
    detail: error.message,
    cost,
    todo: todo ?? hintOf(error),
    isRefusal,
  };
}

function hintOf({ hint }: ConnectorError): string {
  return hint ?? 'try again later; LOG_LEVEL=debug shows more';
}
