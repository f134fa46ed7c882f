import type { Check } from '../../ports/checks.ts';
import { allowanceOf } from '../pace/bucket.ts';
import { bucketGuessOf } from '../endpoints.ts';
import { ownShareShown } from '../pace/own-share.ts';
import type { Rate } from '../pace/rate-headers.ts';

const TITLE = 'Rate budget';
/** With a larger share, the org's logins and apps suffer from our calls. */
const LARGEST_KIND_SHARE = 0.9;

interface ShownBucket {
  readonly name: string;
  readonly rate: Rate;
}

/** Compares each bucket that the answers show with the part of it that runs will spend. */
export function checkRates(seen: ReadonlyMap<string, Rate>, share: number): Check {
  const shared = { code: 'okta_rate', title: TITLE } as const;
  const buckets = bucketsOf(seen);
  if (buckets.length === 0) {
    return {
      ...shared,
      status: 'warning',
      detail: 'no answer carried the rate-limit headers',
      cost: "runs go by a guess, Okta's last published limits, and learn from refusals",
      todo: 'see whether a proxy or gateway in between takes the X-Rate-Limit headers away',
    };
  }
  const own = ownShareShown((name) => buckets.find((each) => each.name === name)?.rate.limit);
  const detail = [
    ...buckets.map(({ name, rate }) => tellBucket(name, rate, share)),
    ...(own === undefined ? [] : [tellOwnShare(own, share)]),
  ].join('; ');
  const [trouble] = [greed(share), ...buckets.map(nearlySpent)].filter((found) => found !== undefined);
  return trouble === undefined
    ? { ...shared, status: 'passed', detail }
    : { ...shared, status: 'warning', detail, ...trouble };
}

/** Buckets by family of endpoints, named as in `plan`. An endpoint whose limit differs stands for itself. */
function bucketsOf(seen: ReadonlyMap<string, Rate>): ShownBucket[] {
  const buckets = new Map<string, ShownBucket>();
  for (const [template, rate] of seen) {
    const family = bucketGuessOf(template).name;
    const known = buckets.get(family);
    if (known === undefined || known.rate.limit === rate.limit) buckets.set(family, { name: family, rate });
    else buckets.set(template, { name: template, rate });
  }
  return [...buckets.values()];
}

function tellBucket(name: string, { limit, remaining }: Rate, share: number): string {
  // Less than one call a window means one call in several windows.
  const allowance = Math.round(allowanceOf(limit, share) * 100) / 100;
  return `${name} ${allowance} of ${limit} a minute (${remaining} left now)`;
}

function tellOwnShare(own: number, share: number): string {
  return `these look like ${percent(own)} of the org's limits, this credential's own share: OKTA_RATE_LIMIT_SHARE=${share} of that is ${percent(own * share)} of the org's (1 would be ${percent(own)})`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

interface Words {
  readonly cost: string;
  readonly todo: string;
}

function greed(share: number): Words | undefined {
  if (share <= LARGEST_KIND_SHARE) return undefined;
  return {
    cost: "the org's logins and apps share these buckets; Okta refuses them when we spend all, and mails every super admin before",
    todo: 'set OKTA_RATE_LIMIT_SHARE lower: 0.5 is the default',
  };
}

function nearlySpent({ name, rate: { limit, remaining } }: ShownBucket): Words | undefined {
  if (limit < 10 || remaining > limit / 10) return undefined;
  return {
    cost: `others spend the bucket ${name}: runs wait for what they leave, and take longer`,
    todo: 'see Reports > Rate Limits in the Admin Console for who spends it',
  };
}
