import type { Layer } from './charts.ts';
import type { PosturePoint } from './status.ts';

/** One question about the whole org, told by one card. */
export interface Topic {
  readonly id: string;
  readonly title: string;
  /** The whole, in words. */
  readonly of: string;
  readonly layers: readonly Layer[];
  readonly read: (point: PosturePoint) => readonly number[];
  /** Is the first layer told as a share of the whole? Otherwise it is counted, because the whole is far larger. */
  readonly isShare: boolean;
}

const HAS = (yes: string, no: string): readonly Layer[] => [
  { name: yes, look: 'yes' },
  { name: no, look: 'no' },
  { name: 'unknown', look: 'unknown' },
];

export const TOPICS: readonly Topic[] = [
  {
    id: 'mfa',
    title: 'Users with MFA',
    of: 'users who may sign in',
    layers: HAS('with MFA', 'without'),
    read: ({ mfa: { yes, no, unknown } }) => [yes, no, unknown],
    isShare: true,
  },
  {
    id: 'admin-mfa',
    title: 'Admins with MFA',
    of: 'admins',
    layers: HAS('with MFA', 'without'),
    read: ({ admin_mfa: { yes, no, unknown } }) => [yes, no, unknown],
    isShare: true,
  },
  {
    id: 'sign-ins',
    title: 'Seen in the last 90 days',
    of: 'users who may sign in',
    layers: [
      { name: 'signed in', look: 'yes' },
      { name: 'dormant', look: 'some' },
      { name: 'never signed in', look: 'no' },
      { name: 'unknown', look: 'unknown' },
    ],
    read: ({ sign_ins: { recent, dormant, never, unknown } }) => [recent, dormant, never, unknown],
    isShare: true,
  },
  {
    id: 'admins',
    title: 'Admins',
    of: 'users who may sign in',
    layers: HAS('admins', 'others'),
    read: ({ admins: { yes, no, unknown } }) => [yes, no, unknown],
    isShare: false,
  },
  {
    id: 'groups',
    title: 'Privileged groups',
    of: 'groups',
    layers: HAS('make Admin', 'others'),
    read: ({ privileged_groups: { yes, no, unknown } }) => [yes, no, unknown],
    isShare: false,
  },
  {
    id: 'services',
    title: 'Service accounts',
    of: 'users who may sign in',
    layers: HAS('service accounts', 'people'),
    read: ({ service_accounts: { yes, no, unknown } }) => [yes, no, unknown],
    isShare: false,
  },
];
