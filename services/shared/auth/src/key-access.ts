import { DatabaseError } from '@syncline/journal';
import { documentName, Refusal } from '@syncline/protocol';
import type { Access } from './access.ts';
import { hashApiKey, isApiKey, KEY_PREFIX } from './api-key.ts';
import { earlier, type Grant, narrow, roleOn } from './grant.ts';
import { createHostJwt, type HostJwtSettings } from './host-jwt.ts';
import type { Headers } from './open-principal.ts';
import type { RightsStore } from './records.ts';
import { Sources } from './sources.ts';
import { createTokens, looksLikeToken, type Tokens } from './token.ts';

/** How long a pod believes what a gateway tells it of a caller; longer than any request takes. */
const VOUCHED_MS = 60_000;

export interface KeyAccessDeps {
  store: RightsStore;
  settings: HostJwtSettings & { KEY_PEPPER: string; TOKEN_SECRET: string };
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Keys mode: whoever comes shows an API key, a token that was issued here, or a JWT of the host application. */
export function createKeyAccess({ store, settings, now }: KeyAccessDeps): Access & { tokens: Tokens } {
  const tokens = createTokens(settings.TOKEN_SECRET, now);
  const sources = new Sources({ store, now });
  const hostJwt = createHostJwt(settings, now);
  let seen = -1;

  /** Without what has been taken from its source since it was issued. */
  async function left(grant: Grant): Promise<Grant> {
    if (grant.source === null) return grant;
    const source = await sources.current(grant.source, grant.workspace);
    if (source.workspace !== grant.workspace) throw new Refusal('unauthorized', 'The token is of another workspace.');
    return { ...grant, ...narrow(grant, source), expiresAt: earlier(grant.expiresAt, source.expiresAt) };
  }

  async function ofHost(jwt: string): Promise<Grant> {
    if (hostJwt === null)
      throw new Refusal('unauthorized', 'What was sent is neither an API key nor a token of this server.');
    const { sub, name, workspace, role, expiresAt } = await hostJwt(jwt);
    const principal = { type: 'person', id: sub, name } as const;
    if (role !== undefined) return { workspace, principal, role, documents: {}, source: null, expiresAt };
    return { ...(await sources.current(`subject:${sub}`, workspace)), principal, expiresAt };
  }

  async function letIn(credential: string): Promise<Grant> {
    if (credential.startsWith(KEY_PREFIX)) {
      if (!isApiKey(credential)) throw new Refusal('unauthorized', 'The API key is mistyped: its checksum is wrong.');
      const hash = hashApiKey(credential, settings.KEY_PEPPER);
      await sources.confirm();
      return sources.byHash(hash);
    }
    if (!looksLikeToken(credential)) {
      await sources.confirm();
      return ofHost(credential);
    }
    const grant = tokens.read(credential);
    await sources.confirm();
    return left(grant);
  }

  return {
    tokens,
    ofRequest: async (headers) => told(letIn(credentialOf(headers))),
    ofSocket: async (token, headers = {}) => told(letIn(token || credentialOf(headers))),
    vouch(grant, document) {
      const name = documentName(document);
      const role = roleOn(grant, name);
      return tokens.sign({
        ...grant,
        role: null,
        documents: role === null ? {} : { [name]: role },
        expiresAt: earlier(grant.expiresAt, now() + VOUCHED_MS),
      });
    },
    async ofAsker(asker) {
      if (typeof asker !== 'string') throw new Refusal('unauthorized', 'A token is needed to ask for a document.');
      // Not confirmed: the gateway has done so just now, and this pod watches.
      return told(left(tokens.read(asker)));
    },
    async changed() {
      await told(sources.confirm());
      const changed = sources.revision !== seen;
      seen = sources.revision;
      return changed;
    },
  };
}

/**
 * What is shown in `Authorization`, with `Bearer` or bare, or in `X-API-Key`. Other schemes of Authorization are a
 * proxy's, and say nothing here.
 * @throws Refusal `unauthorized` without a credential, `invalid_request` with two
 */
function credentialOf({ authorization, 'x-api-key': key }: Headers): string {
  const shown = [/^(?:Bearer +)?(\S+)$/i.exec(String(authorization ?? ''))?.[1], typeof key === 'string' ? key : ''];
  const [credential, other] = new Set(shown.filter(Boolean));
  if (other !== undefined)
    throw new Refusal('invalid_request', 'Authorization and X-API-Key differ: send one of the two.');
  if (credential !== undefined) return credential;
  throw new Refusal(
    'unauthorized',
    'Show a key, token or JWT: as "Authorization: Bearer …", as "X-API-Key: …", or as a socket’s token.',
  );
}

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new Refusal('unavailable', 'Who may do what cannot be read right now; try again.');
  }
}
