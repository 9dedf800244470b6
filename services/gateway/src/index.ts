export { createGateway, type Gateway, type GatewayDeps } from './gateway.ts';
export { runCreateKey } from './key-command.ts';
export { RATE_SETTINGS } from './rate-settings.ts';
export type { GatewaySettings } from './settings.ts';
