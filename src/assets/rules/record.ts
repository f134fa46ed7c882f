import * as z from 'zod';
import type { RuleRecord } from '../../ports/assets.ts';
import { flag, id, part, readerOf, text, texts } from '../fields.ts';

const rule = z
  .object({
    id,
    name: text,
    status: text,
    created: text,
    lastUpdated: text,
    allGroupsValid: flag,
    conditions: part({
      expression: part({ value: text }),
      people: part({ users: part({ exclude: texts }), groups: part({ exclude: texts }) }),
    }),
    // A rule whose groups make no sense is unreadable: one without groups would say that it fills none.
    actions: z
      .object({
        assignUserToGroups: z.object({ groupIds: z.array(id).nullish() }).nullish(),
      })
      .nullish(),
  })
  .transform(({ allGroupsValid, conditions, actions, ...rest }): RuleRecord => ({
    ...rest,
    expression: conditions?.expression?.value,
    excludedUsers: conditions?.people?.users?.exclude,
    excludedGroups: conditions?.people?.groups?.exclude,
    groupIds: actions?.assignUserToGroups?.groupIds ?? [],
    areGroupsValid: allGroupsValid,
  }));

export const readRule = readerOf<RuleRecord>(rule);
