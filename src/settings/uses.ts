/**
 * The commands that send messages or hash texts, or tell whether a run could. Beside a worker, the others often run
 * without its secrets, and need none of them.
 */
const COMMANDS: Readonly<Record<'messages' | 'hashes', ReadonlySet<string>>> = {
  messages: new Set(['worker', 'sync', 'test', 'notify-test']),
  hashes: new Set(['worker', 'sync', 'test', 'dry-run', 'plan', 'explain', 'compare', 'changes']),
};

/** Does the command use it? One that is not known does. */
export function uses(what: keyof typeof COMMANDS, command: string | undefined): boolean {
  return command === undefined || COMMANDS[what].has(command);
}
