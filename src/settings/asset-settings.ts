import type { Asset } from '../ports/assets.ts';
import { facts, type SettingEffect } from './facts.ts';
import { fromText } from './parsed.ts';
import * as values from './values.ts';

/** A setting counts only where `ASSETS` has this asset. */
export function withAsset(asset: Asset): SettingEffect {
  return {
    words: `with ${asset} in ASSETS`,
    holds: (textOf) =>
      textOf('ASSETS')
        .split(',')
        .some((each) => each.trim().toLowerCase() === asset),
  };
}

/** The settings that say which assets are read beside users. */
export const ASSET_SETTINGS = {
  assets: fromText(values.assets)
    .default(new Set())
    .register(facts, {
      name: 'ASSETS',
      decides: ['asked', 'event', 'connection'],
      description: 'what is read of the org beside its users; app-users needs apps',
      example: 'groups,apps,app-users',
    }),
  appUsers: fromText(values.oneOf(['auto', 'all', 'off'])).register(facts, {
    name: 'APP_USERS',
    effect: withAsset('app-users'),
    default: 'auto',
    description:
      'of which applications the users are read: those that are not assigned to Everyone, all, or none',
    example: 'all',
  }),
};
