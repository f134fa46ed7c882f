import * as z from 'zod';
import type { AppRecord } from '../../ports/assets.ts';
import { first, flag, id, part, readerOf, text, texts } from '../fields.ts';
import { APP_SETTINGS } from './settings.ts';

const scalar = z.union([z.string().min(1).max(1000), z.number(), z.boolean()]);
const named = z.record(z.string(), z.unknown()).optional().catch(undefined);

/** The settings in the list, in its order; every other one may be a secret. */
function keptSettings(given: Readonly<Record<string, unknown>> = {}): AppRecord['settings'] {
  const kept = APP_SETTINGS.flatMap((name) => {
    const value = Object.hasOwn(given, name) ? scalar.safeParse(given[name]).data : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The id at the end of a link to a policy. */
const POLICY = /\/policies\/([^/?#]+)/u;

const app = z
  .object({
    id,
    name: text,
    label: text,
    status: text,
    created: text,
    lastUpdated: text,
    signOnMode: text,
    features: texts,
    orn: text,
    // Okta tells it by platform; people open applications in the browser.
    visibility: part({
      hide: z
        .union([z.boolean(), z.object({ web: z.boolean() }).transform(({ web }) => web)])
        .optional()
        .catch(undefined),
    }),
    accessibility: part({ selfService: flag }),
    settings: part({
      app: named,
      implicitAssignment: flag,
      oauthClient: part({ application_type: text }),
    }),
    _links: part({ appLinks: first(z.object({ href: text })), accessPolicy: part({ href: text }) }),
  })
  .transform(({ visibility, accessibility, settings, _links: links, ...rest }): AppRecord => ({
    ...rest,
    isHidden: visibility?.hide,
    isSelfService: accessibility?.selfService,
    isImplicit: settings?.implicitAssignment,
    clientType: settings?.oauthClient?.application_type,
    loginUrl: links?.appLinks?.href,
    accessPolicyId: POLICY.exec(links?.accessPolicy?.href ?? '')?.[1],
    settings: keptSettings(settings?.app),
  }));

export const readApp = readerOf<AppRecord>(app);
