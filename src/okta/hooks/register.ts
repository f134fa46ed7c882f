import { OF_IDENTITY_ENGINE } from '../read/hook-types.ts';
import type { EventHook, EventHooks, HookWish } from './api.ts';
import { HookRefusedError } from './client.ts';

/** Our hook is known by the host that it calls. */
export function hookNameFor(url: URL): string {
  return `${PREFIX}${url.host}`;
}

const PREFIX = 'okta-ocsf ';

/** Our hooks: those of this name or address, or all of our names where no address is known. */
export function ourHooks(hooks: readonly EventHook[], url: URL | undefined): readonly EventHook[] {
  if (url === undefined) return hooks.filter(({ name }) => name.startsWith(PREFIX));
  const isNamed = hooks.filter(({ name }) => name === hookNameFor(url));
  const isThere = hooks.filter((hook) => isSameAddress(hook.url, url) && !isNamed.includes(hook));
  // Of several, the one that already calls the address comes first.
  const first = isNamed.filter((hook) => isSameAddress(hook.url, url));
  return [...first, ...isNamed.filter((hook) => !first.includes(hook)), ...isThere];
}

function isSameAddress(text: string, url: URL): boolean {
  return URL.parse(text)?.href === url.href;
}

export interface Registered {
  readonly hook: EventHook;
  readonly did: 'created' | 'updated';
  /** Types that this org refused, so the hook is without them. */
  readonly refused: readonly string[];
}

/**
 * Makes the hook, or brings `found` to what is wished. Okta does not give the secret back, so an update always sends it.
 * Types that Okta refuses are left out: those that it names one after the other, or those of Identity Engine where it names
 * none.
 */
export async function registerHook(
  hooks: EventHooks,
  found: EventHook | undefined,
  wish: HookWish,
): Promise<Registered> {
  const refused: string[] = [];
  for (;;) {
    const types = wish.types.filter((type) => !refused.includes(type));
    try {
      const hook =
        found === undefined
          ? await hooks.create({ ...wish, types })
          : await hooks.replace(found, { ...wish, name: found.name, types });
      const active = hook.isActive ? hook : await hooks.activate(hook.id);
      return { hook: active, did: found === undefined ? 'created' : 'updated', refused };
    } catch (thrown) {
      const named = thrown instanceof HookRefusedError ? refusedBy(thrown.reasons, types) : [];
      if (named.length === 0 || named.length === types.length) throw thrown;
      refused.push(...named);
    }
  }
}

/** The types that the reasons name; where they name none, those that a Classic org does not have. */
function refusedBy(reasons: readonly string[], types: readonly string[]): readonly string[] {
  const named = namedIn(reasons, types);
  return named.length > 0 ? named : types.filter((type) => OF_IDENTITY_ENGINE.has(type));
}

/** The types that Okta's reasons name, as whole words: `a.b` is not named by `a.b.c`. */
function namedIn(reasons: readonly string[], types: readonly string[]): readonly string[] {
  const words = new Set(reasons.flatMap((reason) => reason.match(/[\w]+(?:\.[\w]+)+/g) ?? []));
  return types.filter((type) => words.has(type));
}
