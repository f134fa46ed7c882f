/** Notes of the command `hooks`: facts that a reader should know besides how it ended. */
import { unreachableAddresses, type EventHook } from '../../compose/hooks/registration.ts';
import type { PreparedCommand } from '../../compose/prepare.ts';
import type { Secret } from '../../settings/secret.ts';

/** @param newFile the file that was made for this secret */
export function secretNotes(
  { settings: { hookSecrets: given } }: PreparedCommand,
  { secret, newFile }: { readonly secret: Secret; readonly newFile: string | undefined },
): readonly string[] {
  const isForeign = given?.all.every((each) => each.reveal() !== secret.reveal()) === true;
  return [
    ...(isForeign
      ? ['the secret of --secret-file is none of HOOK_SECRET: the worker refuses events until it has it']
      : []),
    ...(newFile === undefined
      ? []
      : [`a new secret is in ${newFile}: the worker needs it as HOOK_SECRET_FILE`]),
  ];
}

export function nameNotes(found: EventHook | undefined, name: string): readonly string[] {
  if (found === undefined || found.name === name) return [];
  return [
    'the hook was known by its address and keeps its name: give --url to status, verify and delete, too',
  ];
}

export function othersNotes(others: readonly EventHook[]): readonly string[] {
  return others.map(({ id, name }) => `another hook looks like ours, and was left as it is: ${id} (${name})`);
}

export async function addressNotes(prepared: PreparedCommand, url: URL): Promise<readonly string[]> {
  const [address] = await unreachableAddresses(prepared, url);
  if (address === undefined) return [];
  const here = url.hostname.includes(address) ? '' : `${address} here, `;
  return [`warning: ${url.hostname} is ${here}a private address, which Okta cannot reach`];
}

export function pathNotes({ settings: { hookPath } }: PreparedCommand, { pathname }: URL): readonly string[] {
  if (pathname === hookPath) return [];
  return [`the path ${pathname} is not HOOK_PATH (${hookPath}): the proxy must forward it to HOOK_PATH`];
}
