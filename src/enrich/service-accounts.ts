/** Values of `userType`, which is free text in any case of letters, for users who are not persons. */
const SERVICE_USER_TYPES: ReadonlySet<string> = new Set(['service', 'bot', 'generic']);

/** `undefined`: the profile does not say. */
export function isServiceUserType(userType: string | undefined): boolean | undefined {
  const type = userType?.trim().toLowerCase() ?? '';
  return type === '' ? undefined : SERVICE_USER_TYPES.has(type);
}
