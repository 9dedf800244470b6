export { presenceFault } from './presence-fault.ts';
export { presenceShapes, type PresenceShape } from './presence-shapes.ts';
