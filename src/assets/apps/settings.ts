/** The values of an application's settings that are kept. Every other one may be a secret. */
export const APP_SETTINGS = [
  'awsEnvironmentType',
  'identityProviderArn',
  'roleValuePattern',
  'groupFilter',
  'joinAllRoles',
  'sessionDuration',
  'githubOrg',
  'domain',
  'subDomain',
  'namingContext',
  'msftTenant',
  'baseUrl',
] as const;
