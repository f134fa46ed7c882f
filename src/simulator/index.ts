export { createOrg, type SimulatedOrg } from './org.ts';
export type { SimulatedGroup, SimulatedUser } from './org-model.ts';
export { factorFacts } from './factors.ts';
export { startOktaServer, type OktaServer } from './okta-server.ts';
export type { OktaServerOptions } from './okta-options.ts';
export { DEFAULT_TOKEN } from './okta-desk.ts';
export { startIntakeServer, type IntakeServer } from './intake-server.ts';
export type { IntakeServerOptions } from './intake-options.ts';
export { DEFAULT_API_KEY, DEFAULT_CONNECTOR_UUID } from './intake-desk.ts';
