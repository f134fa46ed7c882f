import { z } from 'zod';
import type {
  Factor,
  FactorDetails,
  Group,
  ListedUser,
  Role,
  SizedGroup,
  User,
  UserAnswers,
  UserLookup,
} from '../../ports/org.ts';
import { readFactorDetails, readRoleDetails } from './details.ts';
import { readCustom, readRaw } from './profile.ts';

/**
 * Parses Okta's bodies at the door: only the fields that we use; all others pass unread. A field of another type than
 * documented counts as absent. The caller decides about a body that cannot be read at all (okta-api section 10).
 */
const text = z
  .string()
  .optional()
  .catch(undefined)
  .transform((value) => (value === '' ? undefined : value));
const idText = z.string().min(1);

const profileSchema = z.object({
  login: text,
  email: text,
  secondEmail: text,
  firstName: text,
  lastName: text,
  displayName: text,
  nickName: text,
  organization: text,
  division: text,
  department: text,
  costCenter: text,
  employeeNumber: text,
  title: text,
  userType: text,
  manager: text,
  managerId: text,
  mobilePhone: text,
  primaryPhone: text,
  streetAddress: text,
  city: text,
  state: text,
  zipCode: text,
  countryCode: text,
  locale: text,
  timezone: text,
});

const userSchema = z
  .object({
    id: idText,
    status: text,
    created: text,
    activated: text,
    statusChanged: text,
    lastLogin: text,
    lastUpdated: text,
    passwordChanged: text,
    realmId: text,
    type: z.object({ id: text }).optional().catch(undefined),
    credentials: z
      .object({ provider: z.object({ type: text }) })
      .optional()
      .catch(undefined),
    profile: profileSchema,
  })
  .transform(({ profile, type, credentials, ...rest }): User => ({
    ...rest,
    ...profile,
    typeId: type?.id,
    accountSource: credentials?.provider.type,
  }));

/** The profile as Okta gave it, for the org's own attributes. */
const profileOf = z.object({ profile: z.unknown() });

const groupSchema = z
  .object({
    id: idText,
    type: text,
    created: text,
    profile: z.object({ name: text, description: text }).optional().catch(undefined),
  })
  .transform(({ id, type, created, profile }): Group => ({
    id,
    type,
    created,
    name: profile?.name,
    description: profile?.description,
  }));

const changedSchema = z.object({ lastMembershipUpdated: text });
const flag = z.boolean().optional().catch(undefined);

/** Okta spells the admin flag in three ways (okta-api section 2). The flag is known when one of them is a boolean. */
const statsSchema = z.object({
  _embedded: z.object({
    stats: z.object({
      usersCount: z.number().int().nonnegative().optional().catch(undefined),
      hasAdminPrivilege: flag,
      hasAdminPrivileges: flag,
      hasAdminPrivlege: flag,
    }),
  }),
});

/** The group that holds the role. Its host may be another one than the org was asked at (okta-api section 10). */
const GROUP_OF_ASSIGNEE = /\/groups\/([^/?#]+)/u;

const assigneeSchema = z
  .object({ assignee: z.object({ href: text }) })
  .optional()
  .catch(undefined);

const roleSchema = z
  .object({
    id: idText,
    type: idText,
    status: idText,
    label: text,
    assignmentType: text,
    _links: assigneeSchema,
  })
  .transform(({ _links: links, ...role }): Role => ({
    ...role,
    assigneeGroupId: GROUP_OF_ASSIGNEE.exec(links?.assignee.href ?? '')?.[1],
  }));

const factorSchema = z
  .object({ id: idText.optional().catch(undefined), factorType: idText, provider: text, status: text })
  .transform(({ id, factorType, provider, status }): Factor => ({
    id: id ?? '',
    type: factorType,
    provider,
    status,
  }));

const assigneesSchema = z.object({ value: z.array(z.object({ id: idText })) });
const identified = z.object({ id: idText });

const organizationSchema = z.object({
  id: text,
  _links: z
    .object({
      organization: z.object({ href: z.string() }).optional().catch(undefined),
      alternate: z.object({ href: z.string() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** A page's entries, or `undefined` where the body is no list. */
export function readList(body: unknown): readonly unknown[] | undefined {
  return Array.isArray(body) ? body : undefined;
}

export interface ReadUserOptions {
  /** Also keep the record as Okta gave it, without secrets. */
  readonly keepsRaw: boolean;
}

/** One user, or the reason why this entry is not one. A profile that is no object leaves nothing to send. */
export function readUser(
  entry: unknown,
  readAt: number,
  { keepsRaw }: ReadUserOptions = { keepsRaw: false },
): ListedUser {
  const parsed = userSchema.safeParse(entry);
  if (parsed.success) {
    const custom = readCustom(profileOf.parse(entry).profile);
    const raw = keepsRaw ? { raw: readRaw(entry) } : {};
    return { kind: 'user', user: { ...parsed.data, ...custom, ...raw }, readAt };
  }
  const id = identified.safeParse(entry);
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the entry'))];
  return {
    kind: 'unreadable',
    id: id.success ? id.data.id : undefined,
    reason: `Okta's record of this user cannot be read: ${fields.join(', ')} missing or of another type`,
  };
}

function readAll<T>(body: unknown, schema: z.ZodType<T>): readonly T[] | undefined {
  const parsed = z.array(schema).safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** Names of kinds and labels of roles are short. A longer text would only fill memory and disk. */
const LONGEST_NAME = 1000;

function readNamed<T extends object>(body: unknown, schema: z.ZodType<T>): readonly T[] | undefined {
  const all = readAll(body, schema);
  const isTooLong = (value: unknown): boolean => typeof value === 'string' && value.length > LONGEST_NAME;
  return all?.some((each) => Object.values(each).some(isTooLong)) === true ? undefined : all;
}

/** `undefined` when even one entry is unreadable: a part is not the whole. */
export const readGroups = (body: unknown): readonly Group[] | undefined => readAll(body, groupSchema);
export const readRoles = (body: unknown): readonly Role[] | undefined => readNamed(body, roleSchema);
export const readFactors = (body: unknown): readonly Factor[] | undefined => readNamed(body, factorSchema);

type ShapeFactor = (details: FactorDetails) => FactorDetails;

function readDetailedFactors(body: unknown, shape: ShapeFactor): readonly Factor[] | undefined {
  const entries = readList(body) ?? [];
  return readFactors(body)?.map((factor, at) => {
    const details = readFactorDetails(entries[at]);
    return { ...factor, details: details && shape(details) };
  });
}

function readTargetedRoles(body: unknown): readonly Role[] | undefined {
  const entries = readList(body) ?? [];
  return readRoles(body)?.map((role, at) => ({ ...role, ...readRoleDetails(entries[at]) }));
}

/** How the entries of one page of an answer are read, and what all of them are together. */
interface AnswerReader<Entry, Whole> {
  readonly read: (body: unknown) => readonly Entry[] | undefined;
  readonly whole: (entries: readonly Entry[]) => Whole;
}

interface AnswerEntries {
  readonly groups: Group;
  readonly factors: Factor;
  readonly roles: Role;
}

type AnswerReaders = { readonly [L in UserLookup]: AnswerReader<AnswerEntries[L], UserAnswers[L]> };

/** The answer to each lookup about a user. @param isDetailed with the details that only assets want, as far as they may be stored */
export function userAnswers(
  isDetailed: boolean,
  shapeFactor: ShapeFactor = (details) => details,
): AnswerReaders {
  return {
    groups: { read: readGroups, whole: (groups) => groups },
    factors: {
      read: isDetailed ? (body) => readDetailedFactors(body, shapeFactor) : readFactors,
      whole: (factors) => factors,
    },
    roles: {
      read: isDetailed ? readTargetedRoles : readRoles,
      whole: (roles) => ({ roles, includesGroups: true }),
    },
  };
}

export function readMemberIds(body: unknown): readonly string[] | undefined {
  return readAll(body, identified)?.map(({ id }) => id);
}

export function readAssigneeIds(body: unknown): readonly string[] | undefined {
  const parsed = assigneesSchema.safeParse(body);
  return parsed.success ? parsed.data.value.map(({ id }) => id) : undefined;
}

/** One group of the listing with `expand=stats`. The flag is true when any of its spellings is. */
export function readSizedGroup(entry: unknown): SizedGroup | undefined {
  const group = groupSchema.safeParse(entry);
  if (!group.success) return undefined;
  const parsed = statsSchema.safeParse(entry);
  const stats = parsed.success ? parsed.data._embedded.stats : undefined;
  const flags = [stats?.hasAdminPrivilege, stats?.hasAdminPrivileges, stats?.hasAdminPrivlege];
  const told = flags.filter((each) => each !== undefined);
  return {
    ...group.data,
    usersCount: stats?.usersCount,
    adminFlag: told.length === 0 ? undefined : told.some(Boolean),
    membersChangedAt: changedSchema.parse(entry).lastMembershipUpdated,
  };
}

/** The org's id and the hosts that it names as its own. */
export function readOrganization(body: unknown): {
  readonly id: string | undefined;
  readonly hosts: readonly string[];
} {
  const parsed = organizationSchema.safeParse(body);
  if (!parsed.success) return { id: undefined, hosts: [] };
  const { id, _links: links } = parsed.data;
  const hrefs = [links?.organization?.href, links?.alternate?.href].filter((href) => href !== undefined);
  return { id, hosts: hrefs.flatMap((href) => (URL.canParse(href) ? [new URL(href).hostname] : [])) };
}
