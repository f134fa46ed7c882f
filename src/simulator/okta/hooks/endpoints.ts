import type { ServerAnswer } from '../../answer.ts';
import { listAnswer, listPage, type Ask } from '../endpoint.ts';
import { hookBody } from './hook.ts';

export function listHooks(ask: Ask): ServerAnswer {
  const { hooks, pageSize } = ask.hooks;
  const listing = listPage(ask, hooks, { defaultLimit: pageSize, ceiling: pageSize });
  return listAnswer(ask, listing, (hook) => hookBody(hook, ask.base));
}

export const createHook = ({ hooks, body }: Ask): ServerAnswer => hooks.create(body);
export const getHook = ({ hooks, id }: Ask): ServerAnswer => hooks.get(id);
export const replaceHook = ({ hooks, id, body }: Ask): ServerAnswer => hooks.replace(id, body);
export const deleteHook = ({ hooks, id }: Ask): ServerAnswer => hooks.delete(id);
export const activateHook = ({ hooks, id }: Ask): ServerAnswer => hooks.activate(id);
export const deactivateHook = ({ hooks, id }: Ask): ServerAnswer => hooks.deactivate(id);
export const verifyHook = ({ hooks, id }: Ask): Promise<ServerAnswer> => hooks.verify(id);
