import type { JsonObject } from '../json.ts';
import { groupTarget, otherTarget, SYSTEM, userTarget } from './log-event.ts';
import type { EventFacts } from './log-event.ts';
import type { SimulatedOrg } from './org.ts';
import type { Random } from './random.ts';

/** Events of attempts that failed: a failed attempt leaves everything as it was. */
const FAILING = [
  'user.lifecycle.deactivate',
  'user.lifecycle.delete.initiated',
  'user.account.update_password',
  'user.account.privilege.grant',
  'user.mfa.factor.reset_all',
  'group.user_membership.add',
] as const;

const LOG_INS = ['user.session.start', 'user.authentication.sso', 'policy.evaluate_sign_on'] as const;

/** An event of something that changed nothing we ask for; some in shapes that a reader must survive. */
export function noiseEvent(org: SimulatedOrg, random: Random): EventFacts {
  const user = org.users.length === 0 ? undefined : random.pick(org.users);
  const targets = user === undefined ? [] : [userTarget(org, user)];
  const draw = random.below(4);
  if (draw === 0) return failure(org, random, targets);
  if (draw === 1) return oddShape(random);
  if (draw === 2)
    return {
      eventType: 'hologram.account.sparkle',
      targets: [...targets, otherTarget('Hologram', 'x', 'x')],
    };
  const app = otherTarget('AppInstance', '0oaSimulatedWiki0005d7', 'Wiki');
  return {
    eventType: random.pick(LOG_INS),
    ...(targets[0] === undefined ? {} : { actor: targets[0] }),
    targets: [app],
  };
}

function failure(org: SimulatedOrg, random: Random, targets: readonly JsonObject[]): EventFacts {
  const eventType = random.pick(FAILING);
  const group = eventType === 'group.user_membership.add' ? [groupTarget(random.pick(org.groups))] : [];
  const result = random.pick(['FAILURE', 'SKIPPED', 'DENY']);
  return { eventType, targets: [...targets, ...group], result, reason: 'VERIFICATION_ERROR' };
}

function oddShape(random: Random): EventFacts {
  const nobody = otherTarget('User', '00uNobodyAtAll00005d7', 'gone long ago');
  return random.pick<EventFacts>([
    { eventType: 'system.org.rate_limit.warning', targets: null, actor: SYSTEM },
    { eventType: 'user.account.update_profile', targets: [] },
    { eventType: 'user.account.update_profile', targets: [{ ...nobody, id: null }] },
    { eventType: 'user.mfa.factor.update', targets: [nobody] },
    { eventType: 'group.user_membership.remove', targets: null },
  ]);
}
