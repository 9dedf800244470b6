import { type Headers, openPrincipal } from '@syncline/auth';
import { DEFAULT_WORKSPACE, type Principal } from '@syncline/protocol';

/** Who calls, and in which workspace. */
export interface Caller {
  principal: Principal;
  workspace: string;
}

/** @throws Refusal when the caller is not let in, or says something malformed about itself */
export type Authenticate = (headers: Headers) => Caller;

/** Open mode: everyone is let in, to the one workspace, as whom they say they are. */
export const authenticateOpen: Authenticate = (headers) => ({
  principal: openPrincipal(headers),
  workspace: DEFAULT_WORKSPACE,
});
