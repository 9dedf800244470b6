import { createHash } from 'node:crypto';
import { type Principal, Refusal } from '@syncline/protocol';

/**
 * Who acts in open mode, where nobody proves anything: callers say who they are, and what they say is only checked for
 * its form. Keys and tokens take this place when there is something to prove.
 */

/** Header names, as they are documented for callers. */
export const AGENT_HEADER = 'X-Agent';
export const PERSON_ID_HEADER = 'X-Person-Id';
export const PERSON_NAME_HEADER = 'X-Person-Name';

/** Longest name of a person or an agent, in characters, as {@link Principal} has it. */
export const MAX_NAME_CHARACTERS = 128;
/** Longest spelling of a name: every character percent-encoded as three bytes of UTF-8. */
const MAX_NAME_BYTES = MAX_NAME_CHARACTERS * 9;

/** Longest token of a socket: as much as a JWT that is sent in a header may have. */
const MAX_TOKEN_CHARACTERS = 16 * 1024;

const PERSON_ID = /^[A-Za-z0-9_-]{1,64}$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffd]/u;

/** Request headers as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** An agent that did not say its name. */
export const ANONYMOUS_AGENT: Principal = { type: 'agent', id: 'anonymous', name: 'Anonymous agent' };

const ANONYMOUS_PERSON: Principal = { type: 'person', id: 'anonymous', name: 'Anonymous' };

/**
 * Who sent a request: the person of `X-Person-Id` (and `X-Person-Name`), else the agent of `X-Agent`, else
 * {@link ANONYMOUS_AGENT}. Names are percent-encoded UTF-8, which plain ASCII without "%" already is.
 * @throws Refusal `invalid_request` naming the header
 */
export function openPrincipal(headers: Headers): Principal {
  const [agent, personId, personName] = [AGENT_HEADER, PERSON_ID_HEADER, PERSON_NAME_HEADER].map((name) =>
    single(headers, name),
  );
  if (personId !== undefined) {
    if (agent !== undefined) throw wrong(AGENT_HEADER, `comes together with ${PERSON_ID_HEADER}: send one of the two`);
    if (!PERSON_ID.test(personId)) throw wrong(PERSON_ID_HEADER, 'must be 1–64 letters, digits, "_" or "-"');
    const name = personName === undefined ? 'Anonymous' : decodeName(personName);
    if (name === null) throw wrong(PERSON_NAME_HEADER, NAME_RULE);
    return { type: 'person', id: personId, name };
  }
  if (personName !== undefined) throw wrong(PERSON_NAME_HEADER, `needs ${PERSON_ID_HEADER} beside it`);
  if (agent === undefined) return ANONYMOUS_AGENT;
  const name = decodeName(agent);
  if (name === null) throw wrong(AGENT_HEADER, NAME_RULE);
  return { type: 'agent', id: name, name };
}

/** Gives {@link ANONYMOUS_AGENT} the name that is known of its program, if that is a name; others keep theirs. */
export function nameAgent(principal: Principal, program: string | undefined): Principal {
  const name = program === undefined || principal !== ANONYMOUS_AGENT ? null : cleanName(program);
  return name === null ? principal : { type: 'agent', id: name, name };
}

/**
 * Who opens a socket: `person:<id>[:<percent-encoded name>]`, else an anonymous person, the same for the same token.
 * Clients made for other servers bring tokens of their own, which may be secrets: only a digest of one is kept. Without
 * a token it is whom the headers name, if they name anybody.
 * @throws Refusal `unauthorized` when the token is too long, `invalid_request` naming a header
 */
export function principalOfSocket(token: string, headers: Headers = {}): Principal {
  if (token === '') return namesSomebody(headers) ? openPrincipal(headers) : ANONYMOUS_PERSON;
  if (token.length > MAX_TOKEN_CHARACTERS)
    throw new Refusal(
      'unauthorized',
      `The token is longer than ${MAX_TOKEN_CHARACTERS} characters; send a shorter one.`,
    );
  return personOf(token) ?? { type: 'person', id: `anonymous-${digest(token)}`, name: 'Anonymous' };
}

function namesSomebody(headers: Headers): boolean {
  return [AGENT_HEADER, PERSON_ID_HEADER, PERSON_NAME_HEADER].some((name) => headers[name.toLowerCase()] !== undefined);
}

function personOf(token: string): Principal | null {
  const [type, id, encodedName, ...rest] = token.split(':');
  const name = encodedName === undefined ? 'Anonymous' : decodeName(encodedName);
  if (type !== 'person' || id === undefined || !PERSON_ID.test(id) || name === null || rest.length > 0) return null;
  return { type: 'person', id, name };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

const NAME_RULE =
  `must be a name of 1–${MAX_NAME_CHARACTERS} characters without line breaks; ` +
  'write what is not ASCII, and "%", percent-encoded (encodeURIComponent)';

function decodeName(text: string): string | null {
  // Bytes above ASCII have been read as Latin-1 by now, whatever they were.
  if (text.length > MAX_NAME_BYTES || !/^[\x20-\x7e]*$/.test(text)) return null;
  try {
    return cleanName(decodeURIComponent(text));
  } catch {
    return null; // not percent-encoding
  }
}

function cleanName(text: string): string | null {
  const name = text.trim();
  return name === '' || name.length > MAX_NAME_CHARACTERS || UNPRINTABLE.test(name) ? null : name;
}

function single(headers: Headers, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  if (Array.isArray(value)) throw wrong(name, 'must be sent once');
  return value;
}

function wrong(header: string, what: string): Refusal {
  return new Refusal('invalid_request', `The header ${header} ${what}.`, {
    errors: [{ field: header, message: what }],
  });
}
