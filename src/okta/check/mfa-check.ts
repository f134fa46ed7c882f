import type { Trouble } from '../../ports/checks.ts';
import { hasMfa, type MfaRule } from '../../enrich/mfa.ts';
import { ConnectorError } from '../../ports/errors.ts';
import type { Factor } from '../../ports/org.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';
import { ENDPOINTS, pathAbout } from '../endpoints.ts';
import { segment } from '../read/paths.ts';
import { readOnce } from './reads.ts';
import { readFactors, readList, readUser } from '../read/schema.ts';

const SAMPLE = 20;
const AT_ONCE = 5;

/**
 * Shows on some users what the other rules would say: Identity Engine enrols a verified e-mail as an active factor by
 * itself, and MFA_RULE=any counts it (okta-api section 4). Costs one call, and one more for each user.
 * @param mostCalls what the bucket of users can spare
 */
export async function checkMfaRule(client: Pick<OktaClient, 'get'>, mostCalls: number): Promise<Trouble> {
  const users = await listUserIds(client, Math.max(0, Math.min(SAMPLE, mostCalls - 1)));
  const answers: (readonly Factor[])[] = [];
  for (let start = 0; start < users.length; start += AT_ONCE) {
    const some = users.slice(start, start + AT_ONCE);
    const read = await Promise.all(some.map((id) => factorsOf(client, id)));
    answers.push(...read.filter((factors) => factors !== undefined));
  }
  return {
    code: 'okta_mfa_rule',
    status: 'warning',
    title: 'MFA_RULE=any',
    detail: `on Identity Engine a verified e-mail counts as a factor${tellSample(answers)}`,
    cost: 'has_mfa may be true for users who have nothing but a password and an e-mail address',
    todo: "set MFA_RULE=strong, which leaves e-mail, question, sms and call out (active still counts the e-mail), unless the reference connector's letter is wanted",
  };
}

async function listUserIds(client: Pick<OktaClient, 'get'>, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  const { template } = ENDPOINTS.users;
  const page = await readOnce(client, `${template}?limit=${count}`, template);
  if (page instanceof ConnectorError) return [];
  return (readList(page.body) ?? [])
    .slice(0, count)
    .map((entry) => readUser(entry, page.at))
    .flatMap((listed) => (listed.kind === 'user' ? [listed.user.id] : []));
}

/** `undefined` leaves this user out of the sample. */
async function factorsOf(
  client: Pick<OktaClient, 'get'>,
  userId: string,
): Promise<readonly Factor[] | undefined> {
  const id = segment(userId);
  if (id === undefined) return undefined;
  const answer: OktaAnswer | ConnectorError = await readOnce(
    client,
    pathAbout(ENDPOINTS.factorsOfUser, id),
    ENDPOINTS.factorsOfUser.template,
  );
  return answer instanceof ConnectorError ? undefined : readFactors(answer.body);
}

function tellSample(answers: readonly (readonly Factor[])[]): string {
  if (answers.length === 0) return '';
  const count = (rule: MfaRule): number =>
    answers.filter((value) => {
      const told = hasMfa({ kind: 'known', value, readAt: 0 }, rule);
      return told.kind === 'known' && told.value;
    }).length;
  const byEmail = answers.filter(
    (factors) => factors.length > 0 && factors.every(({ type }) => type === 'email'),
  ).length;
  return `: of ${answers.length} users read, any says ${count('any')} have MFA (${byEmail} by e-mail alone), active ${count('active')}, strong ${count('strong')}`;
}
