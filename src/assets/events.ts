import type { EventForm } from '../ocsf/event-form.ts';
import type { DialectName } from '../ocsf/names.ts';
import type { OfficialOptions } from '../ocsf/official/row.ts';
import { resourceForm, type Resource } from '../ocsf/resource.ts';
import type { EventKind, FactsOfKind } from '../ports/asset-facts.ts';
import { APPS, appResource } from './apps/event.ts';
import { deviceForm } from './devices/event.ts';
import { GROUPS, groupResource } from './groups/event.ts';
import { ORG, orgResource } from './org/event.ts';
import { ROLES, roleResource } from './roles/event.ts';
import { RULES, ruleResource } from './rules/event.ts';

/** The kinds that class 5023 says. A new kind has its row here and in `resourceOf`. */
const RESOURCE_KINDS = [GROUPS, APPS, RULES, ROLES, ORG];

/** How resources are said in a dialect; `undefined`: it has no class for them. */
export function resourcesForm(
  name: DialectName,
  options: OfficialOptions = {},
): EventForm<Resource> | undefined {
  return resourceForm(RESOURCE_KINDS, name, options);
}

type Forms = { readonly [K in EventKind]: EventForm<FactsOfKind[K]> | undefined };

/** How each kind of asset is said in a dialect; `undefined`: the dialect has no class for it. */
export function assetForms(name: DialectName, options: OfficialOptions = {}): Forms {
  const form = resourcesForm(name, options);
  function by<Facts>(resourceOf: (facts: Facts) => Resource): EventForm<Facts> | undefined {
    return form && { ...form, normalise: (facts) => form.normalise(resourceOf(facts)) };
  }
  return {
    devices: deviceForm(name, options),
    groups: by(groupResource),
    apps: by(appResource),
    rules: by(ruleResource),
    roles: by(roleResource),
    org: by(orgResource),
  };
}
