import type { Reply } from '../answer.ts';

/** An org, or somebody in between, that means harm, on one endpoint. */
export interface Hostility {
  readonly template: string;
  /**
   * `foreign-next`: the next link leads to `origin`; `loop-next`: the second page's leads to the first; `endless`: empty pages for ever;
   * `endless-repeat`: the first page for ever; `redirect`: 302 to `origin`; `giant-body`: more than 64 MiB.
   */
  readonly kind: 'foreign-next' | 'loop-next' | 'endless' | 'endless-repeat' | 'redirect' | 'giant-body';
  readonly origin?: string;
}

export function findHostility(
  list: readonly Hostility[] | undefined,
  template: string,
): Hostility | undefined {
  return list?.find((each) => each.template === template);
}

/** The thing that a hostile endpoint does instead of answering; nothing when it only lies about the next page. */
export function hostileOutcome(hostility: Hostility | undefined, url: string): Reply | undefined {
  if (hostility?.kind === 'giant-body') return { kind: 'giant' };
  if (hostility?.kind !== 'redirect') return undefined;
  return {
    kind: 'answer',
    answer: { status: 302, body: '', headers: { location: `${hostility.origin ?? ''}${url}` } },
  };
}
