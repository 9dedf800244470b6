export { createGateway, type Gateway, type GatewayDeps } from './gateway.ts';
export type { GatewaySettings } from './settings.ts';
