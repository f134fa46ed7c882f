import * as z from 'zod';

/**
 * The things that settings decide beyond the present run: the content of events, the questions to Okta and the users
 * they concern, the stored part of a user's record, and the connection to the org. Each has a fingerprint, made of the
 * settings that decide it.
 */
export type Decided = 'event' | 'asked' | 'kept' | 'connection';

/** Everything that is said about a setting in any place. */
export interface SettingFacts {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** The texts that it takes, in words, where the parser does not list them itself. */
  readonly allowed?: string;
  /** The default as the user would write it. Some differ by dialect. */
  readonly default?: string | { readonly sekoia: string; readonly ocsf: string };
  /** The runs that need the setting, where it has an effect: every run, or only one that pushes. */
  readonly requiredTo?: 'read' | 'push';
  readonly isSecret?: true;
  /** The one command that reads the setting; absent: every one that reads settings. */
  readonly readBy?: 'hooks';
  /** The things that are out of date when the value changes; absent: nothing is. */
  readonly decides?: readonly Decided[];
  /** The condition under which it has an effect, in words and as a test; absent: always. */
  readonly effect?: SettingEffect;
  /** Settings any one of which replaces this one. */
  readonly unlessGiven?: readonly string[];
}

export interface SettingEffect {
  readonly words: string;
  /** @param textOf another setting as it is written, or its default; empty where there is neither */
  readonly holds: (textOf: (name: string) => string) => boolean;
}

export const facts = z.registry<SettingFacts>();
